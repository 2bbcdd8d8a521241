import EtherFabric
import Glibc
import Testing

@Suite struct DMAMemoryTests {
  @Test(arguments: [(1, 4096), (4095, 4096), (4096, 4096), (4097, 8192), (1 << 20, 1 << 20)])
  func roundsUpToPages(_ asked: Int, _ given: Int) throws {
    let memory = try DMAMemory(byteCount: asked)
    #expect(memory.count == given)
    #expect(memory.mappedCount == given)
    #expect(UInt(bitPattern: memory.base) % 4096 == 0)
    #expect(!memory.obtainedHugePages && !memory.isLocked)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
    memory.bytes[given - 1] = 0xa5
    #expect(memory.base.load(fromByteOffset: given - 1, as: UInt8.self) == 0xa5)
  }

  @Test(arguments: [0, -1, Int.min, Int.max]) func impossibleSizes(_ size: Int) {
    let error = #expect(throws: EtherFabricError.self) { try DMAMemory(byteCount: size) }
    #expect(error?.errno == EINVAL)
    #expect(error?.reason.contains("\(size) bytes") == true)
  }

  @Test func moreThanThereIs() {
    let error = #expect(throws: EtherFabricError.self) { try DMAMemory(byteCount: 1 << 60) }
    #expect(error?.errno == ENOMEM)
  }

  /// Whatever this machine has: huge pages, or the fallback recorded.
  @Test func preferredHugePages() throws {
    let memory = try DMAMemory(byteCount: 5000, hugePages: .preferred)
    #expect(memory.count == 8192)
    #expect(memory.mappedCount == (memory.obtainedHugePages ? DMAMemory.hugePageSize : 8192))
    #expect(UInt(bitPattern: memory.base) % (memory.obtainedHugePages ? UInt(DMAMemory.hugePageSize) : 4096) == 0)
  }

  @Test func givesItsMemoryBack() throws {
    let before = residentBytes()
    for _ in 0..<100 {
      let memory = try DMAMemory(byteCount: 8 << 20)
      #expect(memory.count == 8 << 20)
    }
    #expect(residentBytes() - before < 400 << 20)
  }

  private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let words = text.split(separator: " ")
    return (Int(words[1]) ?? 0) * 4096
  }

  @Test(.enabled(if: MemoryCalls.kernel.lockLimit() ?? .max >= 65536, "RLIMIT_MEMLOCK is below 64 KiB"))
  func locksAFewPages() throws {
    #expect(try DMAMemory(byteCount: 8192, locked: true).isLocked)
  }

  @Test func nodeOfAnInterface() {
    #expect(NUMANode.of(interface: "lo") == -1)
    for name in ["", ".", "..", "no/such", "nosuch0", "a\0b"] { #expect(NUMANode.of(interface: name) == -1) }
  }

  @Test func aNodeBelowZeroIsNone() throws {
    #expect(try DMAMemory(byteCount: 1, node: NUMANode.of(interface: "lo")).count == 4096)
  }

  @Test func nodeZeroWhereThereArePolicies() throws {
    guard MemoryCalls.kernel.highestNode() != nil else {
      let error = #expect(throws: EtherFabricError.self) { try DMAMemory(byteCount: 1, node: 0) }
      #expect(error?.errno == ENOSYS)
      return
    }
    let memory = try DMAMemory(byteCount: 1 << 20, node: 0)
    #expect(memory.node == nil || memory.node == 0)
    let error = #expect(throws: EtherFabricError.self) { try DMAMemory(byteCount: 1, node: 4000) }
    #expect(error?.errno == EINVAL)
  }
}
