import EtherFabric
import Glibc
import Testing

/// Devices that do not exist, are taken, or are written wrong.
@Suite struct DeviceTests {
  @Test func aDeviceStringIsRefusedByItsPart() {
    let wrong: [(String, Int32, String)] = [
      ("", EINVAL, "empty"), ("emo:cable:0", EINVAL, "'emo'"), ("emu:cabel:0", EINVAL, "'cabel'"),
      ("emu:cable:2", EINVAL, "'2'"), ("emu:cable:a b/0", EINVAL, "'a b'"), ("emu:cable:0,mtu=10", EINVAL, "mtu=10"),
      ("emu:cable:0,nix=1", EINVAL, "nix"), ("emu:cable:0,mtu", EINVAL, "'mtu'"),
      ("emu:cable:0,mtu=1500,mtu=1500", EINVAL, "second"), ("emu:cable:0,drop=2", EINVAL, "drop=2"),
      ("emu:cable:0,nic=x5", EINVAL, "x5"), ("emu:cable:0,loop=2", EINVAL, "loop"), ("sfc:eth0", ENODEV, "sfc"),
      ("emu:afpacket:averyveryverylongname", EINVAL, "averyveryverylongname"),
    ]
    for (device, errno, part) in wrong {
      expectRefusal(errno, of: "DeviceString.init", naming: part) { _ = try Driver.open(device) }
    }
  }

  @Test func aTakenPortIsRefusedAndGoesOn() throws {
    let first = try Driver.open("emu:cable:taken/0,mtu=1500")
    expectRefusal(EBUSY, of: "Driver.open", naming: "emu:cable:taken/0") {
      _ = try Driver.open("emu:cable:taken/0,mtu=9000")
    }
    #expect(first.mtu == 1500)
    #expect(try Driver.open("emu:cable:taken/0").mtu == 1500)
  }

  @Test func anInterfaceThatIsNotThereIsRefused() {
    // EPERM where packet sockets are not allowed at all.
    do {
      _ = try Driver.open("emu:afpacket:nosuch0")
      Issue.record("nothing was refused")
    } catch {
      #expect([ENODEV, ENXIO, EPERM].contains(error.errno) && !error.remedy.isEmpty, "\(error)")
      #expect(error.reason.contains("nosuch0") || error.errno == EPERM, "\(error)")
    }
  }

  @Test func aClosedDriverGivesNothingMoreAndTheRestGoesOn() throws {
    let driver = try Driver.open("emu:cable:closed/0")
    let domain = try driver.allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 4096))
    var interface = try domain.allocateVirtualInterface()
    driver.close()
    expectRefusal(EBADF, of: "Driver.allocateProtectionDomain", naming: "closed") {
      _ = try driver.allocateProtectionDomain()
    }
    expectRefusal(EBADF, of: "ProtectionDomain.allocateVirtualInterface", naming: "closed") {
      _ = try domain.allocateVirtualInterface()
    }
    try interface.transmit(memory.dmaAddress(0), length: 60, id: 1)
    var events = EventBatch()
    #expect(interface.poll(&events) == 1)
  }

  @Test func anUnreadableCaptureIsRefusedByItsName() throws {
    let folder = "/tmp/efvi-bad-\(getpid())"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    let path = folder + "/x.pcap"
    defer { unlink(path) }
    for content in ["", "no capture", "\u{d4}"] {
      guard let file = fopen(path, "w") else { continue }
      fputs(content, file)
      fclose(file)
      do {
        _ = try Driver.open("emu:pcap:\(path)")
        Issue.record("'\(content)' was taken")
      } catch {
        #expect(error.description.contains("x.pcap") && !error.remedy.isEmpty, "\(error)")
      }
    }
    do {
      _ = try Driver.open("emu:pcap:\(folder)/none.pcap")
      Issue.record("nothing was refused")
    } catch {
      #expect(error.errno == ENOENT && error.reason.contains("none.pcap"), "\(error)")
    }
  }
}
