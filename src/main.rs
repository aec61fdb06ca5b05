//! The command line: reads arguments, hands over to the library.

use std::process::ExitCode;

use clap::Parser;
use openfang::cli::{self, Arguments};

fn main() -> ExitCode {
    cli::run(Arguments::parse())
}
