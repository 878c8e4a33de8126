//! Blocks of one input checked side by side, and joined in order.
//!
//! Whether a document starts where a block does is only known once all before it is read. So a block is
//! read as if one did, and that counts only if the block before it ended between two documents, and this
//! one does as well; otherwise the same bytes are read again, in order. What is reported is therefore what
//! one reader would have reported, whatever the input is.

use std::{
    collections::BTreeMap,
    io::Read,
    num::NonZero,
    sync::{
        Mutex,
        mpsc::{self, Receiver, Sender, TryRecvError},
    },
    thread,
};

use usage_model::{Position, RecordReader};
use usage_validate::Part;

use super::{blocks::Blocks, reading::Reading};
use crate::{failure::Failure, output::report::Reporter};

/// Blocks that are under way for each job: enough for the others to go on while one is waited for.
const BLOCKS_A_JOB: u64 = 4;

/// The most jobs for each core; more only take memory.
const JOBS_A_CORE: usize = 4;

/// A block, where it stands among others, and what is to be found in it.
struct Job {
    number: u64,
    block: Vec<u8>,
    part: Box<Part>,
}

/// A block that was looked at, and what was found in it.
struct Done {
    number: u64,
    block: Vec<u8>,
    part: Box<Part>,
    /// The end of the block, counted from its start, if it is a number of whole documents; otherwise it has to be read
    /// in order.
    end: Option<Position>,
}

/// What stopped an input.
pub(super) enum Stop {
    Malformed(usage_model::MalformedDocument),
    Io(std::io::Error),
}

/// Checks the rest of an input. `start` has read up to where a document may start.
pub(super) fn run<R: Read>(
    blocks: &mut Blocks<R>,
    start: &Reading,
    jobs: u32,
    reporter: &mut Reporter,
) -> Result<Result<(), Stop>, Failure> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = jobs.min(u32::try_from(cores * JOBS_A_CORE).unwrap_or(u32::MAX));
    let (to_workers, jobs_left) = mpsc::channel();
    let jobs_left = Mutex::new(jobs_left);
    let (to_here, done) = mpsc::channel();
    thread::scope(|scope| {
        // This thread reads and joins, and checks blocks when there is nothing else to do.
        for _ in 1..jobs {
            let (jobs_left, to_here) = (&jobs_left, to_here.clone());
            let started =
                thread::Builder::new().spawn_scoped(scope, move || work(jobs_left, &to_here));
            if started.is_err() {
                // Where the machine has no more threads, fewer do the same.
                break;
            }
        }
        drop(to_here);
        // Dropped at the end of this closure, which ends the workers.
        let to_workers: Sender<Job> = to_workers;
        let mut reader = RecordReader::new();
        let mut joined = Joined {
            position: start.position(),
            records: start.records(),
            open: None,
            reporter,
            spare: Vec::new(),
        };
        let most = u64::from(jobs) * BLOCKS_A_JOB;
        let (mut sent, mut next) = (0_u64, 0_u64);
        let mut waiting = BTreeMap::new();
        let mut failed = None;
        let mut ended = false;
        loop {
            while !ended && sent - next < most {
                match blocks.next() {
                    Ok(Some(block)) => {
                        let part = joined.part();
                        let job = Job {
                            number: sent,
                            block,
                            part,
                        };
                        if to_workers.send(job).is_err() {
                            return Err(lost());
                        }
                        sent += 1;
                    }
                    Ok(None) => ended = true,
                    Err(error) => {
                        failed = Some(error);
                        ended = true;
                    }
                }
            }
            if sent == next {
                break;
            }
            let arrived: Done = match done.try_recv() {
                Ok(arrived) => arrived,
                Err(TryRecvError::Disconnected) => return Err(lost()),
                Err(TryRecvError::Empty) => {
                    match jobs_left.try_lock().map(|jobs| jobs.try_recv()) {
                        Ok(Ok(job)) => job.run(&mut reader),
                        _ => done.recv().map_err(|_| lost())?,
                    }
                }
            };
            waiting.insert(arrived.number, arrived);
            while let Some(done) = waiting.remove(&next) {
                next += 1;
                if let Err(stop) = joined.join(&done.block, done.part, done.end)? {
                    return Ok(Err(stop));
                }
                blocks.recycle(done.block);
            }
        }
        match failed {
            Some(error) => Ok(Err(Stop::Io(error))),
            None => joined.end(),
        }
    })
}

/// Only where a worker panicked, which then is what the user sees.
fn lost() -> Failure {
    Failure::incomplete("a thread that checks records has ended early")
}

fn work(jobs: &Mutex<Receiver<Job>>, done: &Sender<Done>) {
    let mut reader = RecordReader::new();
    loop {
        let Ok(Ok(job)) = jobs.lock().map(|jobs| jobs.recv()) else {
            return;
        };
        if done.send(job.run(&mut reader)).is_err() {
            return;
        }
    }
}

impl Job {
    fn run(self, reader: &mut RecordReader) -> Done {
        let Self {
            number,
            block,
            mut part,
        } = self;
        let end = check(reader, &block, &mut part);
        Done {
            number,
            block,
            part,
            end,
        }
    }
}

/// Checks the records of a block; gives its end if it is a number of whole documents.
fn check(reader: &mut RecordReader, block: &[u8], part: &mut Part) -> Option<Position> {
    reader.resume_at(Position::START, 0);
    let mut bytes = block;
    loop {
        match reader.next(&mut bytes) {
            Ok(Some(entry)) => part.item(entry.item()),
            Ok(None) => return reader.is_between_documents().then(|| reader.position()),
            Err(_) => return None,
        }
    }
}

/// What was joined so far.
struct Joined<'a> {
    /// The end of what was joined, unless a document is open.
    position: Position,
    /// Records so far.
    records: u64,
    /// The reader of a document that did not end with its block.
    open: Option<Reading>,
    reporter: &'a mut Reporter,
    /// Parts that were joined, whose room is used again.
    spare: Vec<Box<Part>>,
}

impl Joined<'_> {
    /// An empty part for the next block.
    fn part(&mut self) -> Box<Part> {
        let spare = self.spare.pop();
        spare.unwrap_or_else(|| Box::new(self.reporter.part()))
    }

    fn join(
        &mut self,
        block: &[u8],
        mut part: Box<Part>,
        end: Option<Position>,
    ) -> Result<Result<(), Stop>, Failure> {
        if let (None, Some(end)) = (&self.open, end) {
            let records = part.records();
            self.reporter.join(&mut part, self.position, self.records)?;
            self.position = self.position.then(end);
            self.records += records;
            self.spare.push(part);
            return Ok(Ok(()));
        }
        let mut reading = self
            .open
            .take()
            .unwrap_or_else(|| Reading::resume(self.position, self.records));
        if let Err(document) = reading.feed(block, self.reporter)? {
            return Ok(Err(Stop::Malformed(document)));
        }
        self.position = reading.position();
        self.records = reading.records();
        self.open = (!reading.is_between_documents()).then_some(reading);
        Ok(Ok(()))
    }

    fn end(self) -> Result<Result<(), Stop>, Failure> {
        let Some(mut reading) = self.open else {
            return Ok(Ok(()));
        };
        Ok(reading.end(self.reporter)?.map_err(Stop::Malformed))
    }
}
