//! The command line: reads arguments, hands over to the library.

fn main() {}
