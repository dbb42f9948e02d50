//! Whether this process was started as a part of an MPI job.

/// Variables that starters of MPI jobs set: Open MPI and its resource manager, MPICH and Intel MPI, MVAPICH.
const VARIABLES: [&str; 5] =
    ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE", "PMI_RANK", "MV2_COMM_WORLD_SIZE"];

/// The variable that says so. MPI itself is not asked: to begin it costs every process some tenths of a second.
pub(crate) fn by_mpi() -> Option<&'static str> {
    VARIABLES.into_iter().find(|variable| std::env::var_os(variable).is_some())
}
