//! The tests of the API and the engines, in one binary, since linking is what costs.

mod llm;
