import EmulatedAdapter
import EtherFabric
import Foundation
import Testing

/// Many interfaces, filters and registrations on one adapter.
@Suite struct ManyInterfacesTests {
  /// The thread serves those that there are, in whatever order they came and went.
  @Test func theThreadServesAllThatLive() throws {
    var settings = AdapterSettings()
    settings.service = .thread
    let rig = try Rig(settings, settings)
    var senders = try (0..<20).map { _ in try RawInterface(rig.left, InterfaceOptions(receiveCapacity: 0)) }
    for index in [0, 7, 3, 12] { senders.remove(at: index) }
    // Those that took the places of the first.
    senders.removeLast(3)
    senders.append(try RawInterface(rig.left, InterfaceOptions(receiveCapacity: 0)))
    let receiver = try rig.receiver(posted: 128)
    for sender in senders { sender.send(rig.frame(60)) }
    var arrived = 0
    let end = ContinuousClock.now + .seconds(10)
    while arrived < senders.count, ContinuousClock.now < end {
      arrived += receiver.packets().count
      usleep(100)
    }
    #expect(arrived == senders.count)
    for sender in senders { #expect(sender.statistic("tx_packets") == 1) }
  }

  @Test func manyNumbersCanBeInUseAndTheLowestFreeOneIsNext() throws {
    // Each event queue has two descriptors.
    var files = rlimit()
    getrlimit(__rlimit_resource_t(7), &files)
    files.rlim_cur = max(files.rlim_cur, min(files.rlim_max, 8192))
    setrlimit(__rlimit_resource_t(7), &files)
    try #require(files.rlim_cur > 2200, "the limit of open files is \(files.rlim_cur)")
    let adapter = try Rig().right
    let domain = try adapter.allocateDomain(flags: [])
    func allocate() throws -> UInt32 {
      try adapter.allocateInterface(
        InterfaceRequest(domain: domain, options: InterfaceOptions(receiveCapacity: 0, transmitCapacity: 512))
      ).instance
    }
    var numbers = try (0..<1000).map { _ in try allocate() }
    #expect(numbers == Array(0..<1000))
    for number in [999, 500, 0, 63, 64] as [UInt32] { adapter.freeInterface(number) }
    numbers = try (0..<5).map { _ in try allocate() }
    #expect(numbers == [0, 63, 64, 500, 999])
  }

  @Test func registrationsComeAndGoInAnyOrder() throws {
    let adapter = try Rig().right
    let domain = try adapter.allocateDomain(flags: [])
    let memory = try DMAMemory(byteCount: 1 << 16)
    var addresses: [(DMAAddress, Int)] = []
    for index in 0..<2000 {
      let length = (index % 5 + 1) * 4096
      addresses.append((try adapter.register(memory.base, byteCount: length, domain: domain), length))
    }
    #expect(Set(addresses.map(\.0.rawValue)).count == 2000)
    // In an order that meets every case of neighbours: none, before, behind, both.
    for index in 0..<2000 {
      let (address, length) = addresses[index * 997 % 2000]
      adapter.unregister(address, byteCount: length, domain: domain)
    }
    // All is one range again: only its first page is looked at here.
    #expect(try adapter.register(memory.base, byteCount: 8000 * 4096, domain: domain) == addresses[0].0)
  }
}
