//! Whether this process was started as a part of an MPI job.

/// Variables by which starters of MPI jobs tell how many processes there are: Open MPI, MPICH and Intel MPI, MVAPICH.
const SIZES: [&str; 3] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"];

/// Variables that resource managers set, of programs without MPI too.
const PLACES: [&str; 2] = ["PMIX_RANK", "PMI_RANK"];

/// The variable that says so. MPI itself is not asked: to begin it costs every process some tenths of a second. A program without
/// MPI may be started by its starters, once.
pub(crate) fn by_mpi() -> Option<&'static str> {
    let is_set = |variable: &&'static str| std::env::var_os(variable).is_some();
    if cfg!(feature = "mpi") {
        return SIZES.into_iter().chain(PLACES).find(is_set);
    }
    let count = |variable: &str| -> Option<usize> { std::env::var(variable).ok()?.parse().ok() };
    SIZES.into_iter().find(|variable| count(variable).is_some_and(|count| count > 1))
}
