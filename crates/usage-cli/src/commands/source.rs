//! Where the records of a command come from: files and archives, or the API.

use std::path::{Path, PathBuf};

use crate::{
    args::{ConnectionArgs, InputArgs, QueryArgs},
    drive::Fetch,
    exit::Exit,
    failure::Failure,
    inputs::Inputs,
    output::{self, Output},
};

use super::Context;

/// What the records are read from.
pub(super) enum Source {
    Files(Inputs),
    Api(Fetch),
}

impl Source {
    /// Chooses the files that the user named, or the API if none is named.
    pub(super) fn of(
        input: &InputArgs,
        query: &QueryArgs,
        connection: &ConnectionArgs,
        context: Context,
    ) -> Result<Self, Failure> {
        let asks = query.asks().is_some() || connection.asks();
        if let Some(inputs) = input.inputs(!asks)? {
            query.refuse_beside_files()?;
            connection.end_after_timeout();
            return Ok(Self::Files(inputs));
        }
        Fetch::new(connection, query, context).map(Self::Api)
    }

    /// Prints what the API would be asked, if that is all that is wanted.
    pub(super) fn plan_only(&self, query: &QueryArgs) -> Result<Option<Exit>, Failure> {
        match self {
            Self::Files(_) => Ok(None),
            Self::Api(fetch) => fetch.plan_only(query),
        }
    }

    /// Opens what takes the result. Fails if it would replace a file that is read.
    pub(super) async fn open_output(
        &self,
        output: Option<&Path>,
        args: &InputArgs,
    ) -> Result<Output, Failure> {
        if let Self::Files(inputs) = self {
            let read = args.files_from.iter().chain(&inputs.paths);
            output::spare(output, read.map(PathBuf::as_path))?;
        }
        output::open_or_stdout(output).await
    }
}
