import Glibc

/// The errors of `DMAMemory`, in words.
struct MemoryRefusal {
  let byteCount: Int

  var size: EtherFabricError {
    error(EINVAL, "\(byteCount) bytes", "Ask for at least 1 byte, and for what an address can reach.")
  }

  func map(_ code: Int32) -> EtherFabricError {
    error(code, "no memory for \(byteCount) bytes", "Ask for less, or raise the limit: see `ulimit -v` and `free -m`.")
  }

  func huge(pages: Int, _ code: Int32) -> EtherFabricError {
    error(
      code, "no \(pages) free huge pages of 2 MiB for \(byteCount) bytes",
      "Reserve them with `sysctl vm.nr_hugepages=\(pages)` beyond those in use, or ask for .preferred.")
  }

  func lock(_ length: Int, _ code: Int32, limit: UInt64?) -> EtherFabricError {
    let kib = length / 1024
    guard let limit else {
      return error(code, "\(length) bytes cannot be locked", "Ask for less, or for memory that is not locked.")
    }
    return error(
      code, "\(length) bytes cannot be locked: the limit RLIMIT_MEMLOCK is \(limit) bytes",
      "Raise it with `ulimit -l \(kib + Int(clamping: limit / 1024))` or `ulimit -l unlimited`.")
  }

  func populate(_ code: Int32) -> EtherFabricError {
    error(code, "no pages for \(byteCount) bytes", "Ask for less; the memory is there on paper only.")
  }

  func noPolicy(node: Int) -> EtherFabricError {
    error(ENOSYS, "node \(node): this kernel has no NUMA policy", "Leave the node out.")
  }

  func noNode(_ node: Int, highest: Int) -> EtherFabricError {
    error(EINVAL, "node \(node): there is none; the highest is \(highest)", "See `numactl --hardware` for the nodes.")
  }

  func bind(node: Int, _ code: Int32) -> EtherFabricError {
    error(code, "node \(node): the kernel refused the memory policy", "Leave the node out, or see `numactl --show`.")
  }

  private func error(_ code: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("DMAMemory.init", errno: code, reason: reason, remedy: remedy)
  }
}
