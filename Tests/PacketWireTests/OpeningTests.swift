import CLinuxShims
import EmulatedWires
import EtherFabric
import Glibc
import Testing
import WireDriver

@Suite("Opening a packet wire", .needsNamespace, .timeLimit(.minutes(1)))
struct OpeningTests {
  private func error(_ interface: String, _ change: (inout PacketWireOptions) -> Void = { _ in }) -> Int32 {
    do {
      _ = try PacketWire(interface, change)
      return 0
    } catch let error as EtherFabricError {
      #expect(!error.remedy.isEmpty && error.reason.contains(interface) || interface.isEmpty || error.errno == EINVAL)
      return error.errno
    } catch {
      return -1
    }
  }

  @Test("is refused with the errno of the reason")
  func refusals() throws {
    try Namespace.run {
      try Veth.make(up: false)
      #expect(error("nothing0") == ENODEV)
      #expect(error("") == ENODEV)
      #expect(error("a-name-of-sixteen") == ENAMETOOLONG)
      #expect(error("lo") == EOPNOTSUPP)
      #expect(error("va") == ENETDOWN)
      try ip("link set va up")
      #expect(error("va") { $0.receiveSlots = 0 } == EINVAL)
      #expect(error("va") { $0.transmitBatch = 65 } == EINVAL)
      #expect(error("va") == 0)
    }
  }

  @Test("tells what it obtained")
  func configuration() throws {
    try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va") {
        $0.receiveSlots = 100
        $0.qdiscBypass = true
      }
      #expect(wire.name == "afpacket:va")
      #expect(wire.mtu == 1500)
      #expect(wire.macAddress?.bytes == Veth.wireAddress)
      #expect(Veth.waitUntilUp() && wire.isLinkUp)
      let lines = Dictionary(uniqueKeysWithValues: wire.configuration.map { ($0.name, $0.value) })
      #expect(lines["receive ring"]?.hasPrefix("TPACKET_V2, 117 slots of 1664 bytes") == true)
      #expect(lines["qdisc bypass"] == "yes")
      #expect(lines["promiscuous"] == "yes")
      #expect(lines["steal"] == "no")
    }
  }

  @Test("may wait for a link that is down")
  func allowDown() throws {
    try Namespace.run {
      try Veth.make(up: false)
      let wire = try PacketWire("va") { $0.allowDown = true }
      #expect(!wire.isLinkUp)
      try ip("link set va up")
      #expect(!wire.isLinkUp)
      try ip("link set vb up")
      #expect(Veth.waitUntilUp() && wire.isLinkUp)
      try KernelSocket.raw("vb").send(Frame.incoming(1))
      #expect(wire.take(1).map(\.bytes) == [Frame.incoming(1)])
    }
  }

  @Test("and closing it leaves nothing behind")
  func nothingLeft() throws {
    try Namespace.run {
      try Veth.make()
      let before = (try ip("-d link show"), try descriptors(), try text("/proc/thread-self/net/packet"))
      do {
        let wire = try PacketWire("va")
        #expect(try ip("-d link show va").contains("promiscuity 1"))
        _ = wire.commit(Frame.make(1))
      }
      #expect(try ip("-d link show") == before.0)
      // Other tests of the process open and close descriptors meanwhile: one left by each wire would be many.
      let wires = 100
      for _ in 0..<wires { _ = try PacketWire("va") }
      #expect(try descriptors() < before.1 + wires)
      #expect(try text("/proc/thread-self/net/packet") == before.2)
    }
  }

  private func descriptors() throws -> Int {
    guard let directory = opendir("/proc/self/fd") else { throw SettingError("no /proc/self/fd") }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
  }

  private func text(_ path: String) throws -> String {
    let fd = open(path, O_RDONLY)
    guard fd >= 0 else { throw SettingError(path) }
    defer { close(fd) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    return String(decoding: bytes[..<max(0, read(fd, &bytes, bytes.count))], as: UTF8.self)
  }
}
