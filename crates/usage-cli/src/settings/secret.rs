//! Reading a client secret from a file or from what a command prints: the first line, bounded in time and size.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{failure::Failure, messages::words};

/// The most that a file or a command may give; a secret is far shorter.
const MOST_BYTES: u64 = 64 * 1024;

/// How long a command may take, if `--timeout` does not end it sooner: long enough to type a passphrase.
const LONGEST: Duration = Duration::from_mins(1);

/// How long the output of a command that has ended may still be held open by what it has started.
const GRACE: Duration = Duration::from_millis(500);

/// Reads the secret that stands on the first line of a file.
pub(super) fn from_file(path: &Path) -> Result<String, Failure> {
    let failure = |why: &str| {
        Failure::usage(format!(
            "cannot read the client secret in {}: {why}",
            path.display()
        ))
        .help("write the secret on the first line of a file, and name that as client_secret_file")
    };
    let file = File::open(path).map_err(|error| failure(&words(&error)))?;
    let text = read(file).map_err(|error| failure(&words(&error)))?;
    first_line(text).map_err(|why| failure(&why))
}

/// Reads the secret that stands on the first line of what a command prints. Its standard input and standard
/// error are the program's own, so that it can ask for a passphrase.
pub(super) fn from_command(command: &str, timeout: Option<Duration>) -> Result<String, Failure> {
    let failure = |why: &str| {
        Failure::usage(format!("the client_secret_command {why}")).help(
            "run the command by itself: it has to print the secret as its first line, and to end",
        )
    };
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| failure(&format!("cannot be run: {}", words(&error))))?;
    let printed = listen(&mut child);
    let longest = timeout.map_or(LONGEST, |timeout| timeout.min(LONGEST));
    let ended = wait(&mut child, longest);
    let Some(status) = ended.map_err(|error| failure(&words(&error)))? else {
        return Err(failure(&format!(
            "did not end within {}",
            humantime::format_duration(longest)
        )));
    };
    let printed = printed.recv_timeout(GRACE);
    // A command that prints too much is cut off, and fails for that.
    let cut = matches!(&printed, Ok(Ok(text)) if is_too_long(text));
    if !status.success() && !cut {
        return Err(failure(&match (status.code(), status.signal()) {
            (Some(code), _) => format!("failed with exit code {code}"),
            (None, Some(signal)) => format!("was ended by signal {signal}"),
            (None, None) => "failed".to_owned(),
        }));
    }
    let text = printed
        .map_err(|_| failure("left a process behind that holds its output open"))?
        .map_err(|error| failure(&format!("cannot be read: {}", words(&error))))?;
    first_line(text).map_err(|why| failure(&format!("gave no secret: {why}")))
}

/// Reads the output of a command on a thread of its own, because it may never end.
fn listen(child: &mut Child) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            // The receiver is gone where the command took too long.
            let _: Result<(), _> = send.send(read(output));
        });
    }
    receive
}

/// Waits until a command ends; `None` where it takes too long, and is ended.
fn wait(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= longest {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Reads at most one byte more than is allowed.
fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    source.take(MOST_BYTES + 1).read_to_end(&mut text)?;
    Ok(text)
}

fn is_too_long(text: &[u8]) -> bool {
    u64::try_from(text.len()).is_ok_and(|length| length > MOST_BYTES)
}

fn first_line(text: Vec<u8>) -> Result<String, String> {
    if is_too_long(&text) {
        return Err(format!("it is longer than {} KiB", MOST_BYTES / 1024));
    }
    let text = String::from_utf8(text).map_err(|_| "it is not UTF-8 text".to_owned())?;
    match text.lines().next() {
        None | Some("") => Err("its first line is empty".to_owned()),
        Some(line) => Ok(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(command: &str) -> Result<String, String> {
        from_command(command, None).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn the_first_line_is_the_secret() {
        assert_eq!(command("echo hush; echo 'user: me'").unwrap(), "hush");
        assert_eq!(command("printf 'hush\\r\\n'").unwrap(), "hush");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\nmore\n").unwrap();
        assert_eq!(from_file(file.path()).unwrap(), "hush");
    }

    #[test]
    fn a_command_without_a_secret_says_why() {
        for (text, why) in [
            ("exit 3", "failed with exit code 3"),
            ("true", "first line is empty"),
            ("echo; echo hush", "first line is empty"),
            ("printf '\\377'", "not UTF-8"),
            ("head -c 70000 /dev/zero", "longer than 64 KiB"),
        ] {
            let failure = command(text).unwrap_err();
            assert!(failure.contains(why), "{text}: {failure}");
            assert!(!failure.contains("hush"), "{failure}");
        }
    }

    #[test]
    fn a_command_that_never_ends_is_ended() {
        let started = Instant::now();
        for (endless, limit, why) in [
            ("sleep 60", 200, "did not end within 200ms"),
            ("yes", 15_000, "longer than 64 KiB"),
        ] {
            let failure = from_command(endless, Some(Duration::from_millis(limit))).unwrap_err();
            let failure = format!("{failure:?}");
            assert!(failure.contains(why), "{endless}: {failure}");
        }
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn what_a_command_leaves_running_does_not_hold_it_up() {
        let failure = command("sleep 30 & echo hush").unwrap_err();
        assert!(failure.contains("holds its output open"), "{failure}");
    }
}
