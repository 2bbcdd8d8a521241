import CLinuxShims
import Synchronization

/// A memory barrier on every running thread of the process. Where the kernel refuses (a seccomp filter), a local
/// barrier is left: a wake-up may then come late, with the sleeper's time-out.
func processWideBarrier() {
  if efvi_process_wide_barrier() != 0 { atomicMemoryFence(ordering: .sequentiallyConsistent) }
}
