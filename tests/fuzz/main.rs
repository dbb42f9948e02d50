//! Damaged inputs for everything that memspike reads: whatever stands in a file, the answer is what its type
//! promises, or an error that says where and what to do.
//!
//! Each target runs cases `MEMSPIKE_FUZZ_FIRST`, `MEMSPIKE_FUZZ_FIRST` + 1, ..., `MEMSPIKE_FUZZ_CASES` of them. A case is
//! known by the target's name and its number; docs/fuzzing.md says what each target asserts.

mod cards;
mod checkpoint;
mod corpus;
mod deck;
mod fit;
mod harness;
mod idx;
mod mutate;
mod network;
mod nir;
mod npy;
mod png;
mod points;
mod random;
mod recording;
mod save;
mod shorten;
mod spec;
mod weights;
