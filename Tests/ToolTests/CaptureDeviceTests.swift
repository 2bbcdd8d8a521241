import EtherFabric
import Testing

@testable import efvi

@Suite struct CaptureDeviceTests {
  private func slots(_ device: String, mtu: Int?) throws -> String? {
    let string = try DeviceString(CaptureDevice.string(device) { _ in mtu })
    return string.options.first { $0.key == "slots" }?.value
  }

  @Test func aPacketSocketKeepsMoreFrames() throws {
    #expect(try slots("emu:afpacket:eth0", mtu: 1500) == "16384")
    #expect(try slots("emu:afpacket:eth0,nic=x3", mtu: nil) == "16384")
  }

  @Test func itsMemoryIsBounded() throws {
    #expect(try slots("emu:afpacket:eth0", mtu: 9000) == "\((32 << 20) / 9192)")
    #expect(try slots("emu:afpacket:lo", mtu: 65536) == "1024")
  }

  @Test func whatTheUserSaysStays() throws {
    #expect(try slots("emu:afpacket:eth0,slots=64", mtu: 1500) == "64")
    for device in ["emu:cable:0", "emu:xdp:eth0", "sfc:eth0", "nonsense", ""] {
      #expect(CaptureDevice.string(device) { _ in 1500 } == device)
    }
  }
}
