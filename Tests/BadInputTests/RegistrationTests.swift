import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// Memory that no adapter could reach.
@Suite struct RegistrationTests {
  @Test(arguments: [DomainFlags(), .physicalMode, .receivePackedStream])
  func sizesBeyondTheTablesAreRefused(_ flags: DomainFlags) throws {
    let driver = try Driver.open("emu:cable:registration-\(UInt64.random(in: 0 ... .max))/0")
    let domain = try driver.allocateProtectionDomain(flags: flags)
    let memory = try DMAMemory(byteCount: 4096)
    for count in [Int.max, Int.max - 4095, 1 << 62, 1 << 48] {
      expectRefusal(ENOSPC, of: "MemoryRegistration", naming: "pages") {
        _ = try MemoryRegistration(domain, base: memory.base, count: count)
      }
    }
    for count in [0, -1, Int.min] {
      expectRefusal(EINVAL, of: "MemoryRegistration", naming: "\(count)") {
        _ = try MemoryRegistration(domain, base: memory.base, count: count)
      }
    }
    // Nothing was taken by them.
    _ = try MemoryRegistration(domain, base: memory.base, count: 4096)
  }
}
