import Glibc

/// Memory, processors and privileges.
struct HostChecks {
  let files: HostFiles
  let hasCards: Bool

  private func memory(_ name: String) -> Int? {
    guard let line = files.text("/proc/meminfo")?.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") })
    else {
      return nil
    }
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
  }

  var hugePages: Finding {
    guard let total = memory("HugePages_Total"), let free = memory("HugePages_Free"), let size = memory("Hugepagesize")
    else { return .note("huge_pages", "the kernel does not tell", mend: "Build a kernel with CONFIG_HUGETLBFS.") }
    let found = "\(free) of \(total) free, \(size) kB each"
    return free > 0
      ? .ok("huge_pages", found)
      : .missing(
        "huge_pages", found, mend: "sysctl vm.nr_hugepages=\(total + 64)", hasCards: false)
  }

  /// Registered memory counts as locked.
  var lockedMemory: Finding {
    // The file tells what getrlimit does, and can be another host's.
    guard
      let line = files.text("/proc/self/limits")?.split(separator: "\n").first(where: {
        $0.hasPrefix("Max locked memory")
      })
    else { return .note("locked_memory", "the kernel does not tell", mend: "ulimit -l unlimited") }
    let words = line.split(separator: " ").map(String.init)
    let limit = words.count > 3 ? words[3] : "?"
    let bytes = Int(limit)
    let found = bytes.map { "at most \($0 / 1024) KiB" } ?? limit
    guard let bytes, bytes < 64 << 20 else { return .ok("locked_memory", found) }
    return .missing("locked_memory", found, mend: "ulimit -l unlimited", hasCards: hasCards)
  }

  var nodes: Finding {
    let nodes = files.names("/sys/devices/system/node").filter {
      $0.hasPrefix("node") && $0.dropFirst(4).allSatisfy(\.isNumber)
    }
    guard nodes.count > 1 else { return .ok("numa", "one node") }
    return .note(
      "numa", "\(nodes.count) nodes; each interface says which is its own",
      mend: "numactl --cpunodebind=NODE --membind=NODE PROGRAM")
  }

  var governor: Finding {
    let folder = "/sys/devices/system/cpu"
    let governors = Set(
      files.names(folder).filter { $0.hasPrefix("cpu") && $0.dropFirst(3).allSatisfy(\.isNumber) }.compactMap {
        files.text("\(folder)/\($0)/cpufreq/scaling_governor")
      })
    guard !governors.isEmpty else { return .ok("governor", "none: the clock is not the kernel's to change") }
    let found = governors.sorted().joined(separator: ", ")
    return governors == ["performance"]
      ? .ok("governor", found) : .note("governor", found, mend: "cpupower frequency-set -g performance")
  }

  var isolatedCores: Finding {
    let cores = files.text("/sys/devices/system/cpu/isolated") ?? ""
    guard cores.isEmpty else { return .ok("isolated_cores", cores) }
    return .note(
      "isolated_cores", "none: the kernel runs other programs beside a polling thread",
      mend: "isolcpus=CORES nohz_full=CORES rcu_nocbs=CORES on the kernel's command line")
  }

  /// For AF_PACKET, for filters of cards, and for locked memory.
  var capabilities: Finding {
    let wanted: [(bit: UInt64, name: String)] = [(12, "cap_net_admin"), (13, "cap_net_raw"), (14, "cap_ipc_lock")]
    let line = files.text("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    let mask = line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? 0
    let has = wanted.filter { mask >> $0.bit & 1 != 0 }.map(\.name)
    let lacks = wanted.filter { mask >> $0.bit & 1 == 0 }.map(\.name)
    guard !lacks.isEmpty else { return .ok("capabilities", has.joined(separator: ", ")) }
    return .missing(
      "capabilities", "without \(lacks.joined(separator: ", "))",
      mend: "setcap \(lacks.joined(separator: ","))+ep PROGRAM, or run as root", hasCards: hasCards)
  }
}
