import EtherFabric
import Glibc
import Synchronization
import Testing

/// Each refusal of the kernel, provoked in the calls. Memory that was mapped before the refusal is unmapped every time.
@Suite struct DMAMemoryRefusalTests {
  private final class Balance: Sendable {
    let mapped = Atomic<Int>(0)
    let kernel: MemoryCalls = .kernel
  }

  /// The kernel's calls, counting what is mapped.
  private func counting(_ balance: Balance) -> MemoryCalls {
    var calls = MemoryCalls.kernel
    calls.map = { length, huge in
      let result = balance.kernel.map(length, huge)
      if result.base != nil { balance.mapped.add(length, ordering: .relaxed) }
      return result
    }
    calls.unmap = { base, length in
      balance.mapped.subtract(length, ordering: .relaxed)
      balance.kernel.unmap(base, length)
    }
    return calls
  }

  private func refused(
    _ size: Int = 8192, hugePages: DMAMemory.HugePages = .never, node: Int? = nil, locked: Bool = false,
    _ change: (inout MemoryCalls) -> Void
  ) -> EtherFabricError? {
    let balance = Balance()
    var calls = counting(balance)
    change(&calls)
    let error = #expect(throws: EtherFabricError.self) {
      try DMAMemory(byteCount: size, hugePages: hugePages, node: node, locked: locked, calls: calls)
    }
    #expect(balance.mapped.load(ordering: .relaxed) == 0)
    return error
  }

  @Test(arguments: [ENOMEM, EPERM]) func theLimitOfLockedMemory(_ code: Int32) {
    let error = refused(locked: true) {
      $0.lock = { _, _ in code }
      $0.lockLimit = { 65536 }
    }
    #expect(error?.errno == code)
    #expect(error?.reason.contains("RLIMIT_MEMLOCK is 65536 bytes") == true)
    #expect(error?.remedy.contains("ulimit -l 72") == true)
  }

  @Test func lockingFailsWithoutALimit() {
    let error = refused(locked: true) {
      $0.lock = { _, _ in EAGAIN }
      $0.lockLimit = { nil }
    }
    #expect(error?.errno == EAGAIN)
    #expect(error?.reason.contains("cannot be locked") == true)
  }

  /// Whether this process locks beyond RLIMIT_MEMLOCK: bit 14 (CAP_IPC_LOCK) of its effective capabilities.
  private static var locksBeyondTheLimit: Bool {
    guard let file = fopen("/proc/self/status", "r") else { return true }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("CapEff:\t") else { continue }
      return UInt64(text.dropFirst(8), radix: 16).map { $0 & 1 << 14 != 0 } ?? true
    }
    return true
  }

  /// The kernel's own limit, where this process is bound by it.
  @Test(.enabled(if: !locksBeyondTheLimit, "this process has CAP_IPC_LOCK: RLIMIT_MEMLOCK does not bind it"))
  func theKernelsLimit() throws {
    let limit = try #require(MemoryCalls.kernel.lockLimit(), "no limit is set")
    let error = refused(Int(clamping: limit) + 4096, locked: true) { _ in }
    #expect(error?.errno == ENOMEM || error?.errno == EPERM)
    #expect(error?.reason.contains("\(limit) bytes") == true)
  }

  @Test func requiredHugePages() {
    let error = refused(5 << 20, hugePages: .required) { calls in
      calls.map = { _, _ in (nil, ENOMEM) }
    }
    #expect(error?.errno == ENOMEM)
    #expect(error?.remedy.contains("sysctl vm.nr_hugepages=3") == true)
  }

  @Test func preferredHugePagesFallBack() throws {
    let balance = Balance()
    var calls = counting(balance)
    let map = calls.map
    calls.map = { length, huge in huge ? (nil, ENOMEM) : map(length, false) }
    do {
      let memory = try DMAMemory(byteCount: 5000, hugePages: .preferred, node: nil, locked: false, calls: calls)
      #expect(!memory.obtainedHugePages && memory.count == 8192 && memory.mappedCount == 8192)
      #expect(balance.mapped.load(ordering: .relaxed) == 8192)
    }
    #expect(balance.mapped.load(ordering: .relaxed) == 0)
  }

  /// Ordinary memory in place of huge pages, so that the sizes are tested where the machine has none.
  @Test(arguments: [DMAMemory.HugePages.preferred, .required])
  func hugePagesRoundTheMapping(_ hugePages: DMAMemory.HugePages) throws {
    let balance = Balance()
    var calls = counting(balance)
    let map = calls.map
    calls.map = { length, _ in map(length, false) }
    do {
      let memory = try DMAMemory(byteCount: 2 << 20 | 1, hugePages: hugePages, node: nil, locked: false, calls: calls)
      #expect(memory.obtainedHugePages)
      #expect(memory.count == 2 << 20 | 4096)
      #expect(memory.mappedCount == 4 << 20)
    }
    #expect(balance.mapped.load(ordering: .relaxed) == 0)
  }

  @Test func noMemory() {
    let error = refused { $0.map = { _, _ in (nil, ENOMEM) } }
    #expect(error?.errno == ENOMEM)
    #expect(error?.reason == "no memory for 8192 bytes")
    #expect(refused { $0.populate = { _, _ in ENOMEM } }?.errno == ENOMEM)
  }

  @Test func nodes() {
    #expect(refused(node: 0) { $0.highestNode = { nil } }?.errno == ENOSYS)
    let absent = refused(node: 2) { $0.highestNode = { 1 } }
    #expect(absent?.errno == EINVAL)
    #expect(absent?.reason.contains("the highest is 1") == true)
    let denied = refused(node: 1) {
      $0.highestNode = { 1 }
      $0.prefer = { _, _, _ in EPERM }
    }
    #expect(denied?.errno == EPERM)
    #expect(denied?.reason.contains("node 1") == true)
  }

  @Test func theNodeObtainedIsReported() throws {
    var calls = MemoryCalls.kernel
    calls.highestNode = { 3 }
    calls.prefer = { _, _, _ in 0 }
    calls.nodeOfPage = { _ in 2 }
    let memory = try DMAMemory(byteCount: 1, hugePages: .never, node: 3, locked: false, calls: calls)
    #expect(memory.node == 2)
  }
}
