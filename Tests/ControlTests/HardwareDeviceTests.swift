import EtherFabric
import Glibc
import Testing

/// `sfc:` device strings, which are parsed in every build.
@Suite struct HardwareDeviceTests {
  @Test func theInterfaceAndItsDatapathAreTold() throws {
    let plain = try HardwareDevice("sfc:enp1s0f0")
    #expect(plain.interface == "enp1s0f0" && !plain.isExpress && !plain.isPhysical && plain.domainFlags == [])
    let express = try HardwareDevice("sfc:enp1s0f0/express")
    #expect(express.isExpress && express.domainFlags == .express)
    let both = try HardwareDevice("sfc:enp1s0f0/phys/express")
    #expect(both.domainFlags == [.express, .physicalMode])
    #expect(both.description == "sfc:enp1s0f0/express/phys")
    #expect(try HardwareDevice(both.description) == both)
  }

  @Test(arguments: [
    ("sfc:", "not the name of an interface"), ("sfc", "not the name of an interface"),
    ("sfc:sixteen-letters-x", "not the name of an interface"), ("sfc:a b", "not the name of an interface"),
    ("sfc:/express", "not the name of an interface"), ("sfc:eth0/", "not a datapath of sfc"),
    ("sfc:eth0/fast", "'fast': not a datapath of sfc"), ("sfc:eth0/phys/phys", "a second '/phys'"),
    ("sfc:eth0,nic=x3", "'nic=x3': sfc has no options"), ("emu:cable:0", "not a device of hardware"),
    ("sfcx:eth0", "not a device of hardware"), ("sfc:e\0", "not a device of hardware"),
  ])
  func theWrongPartIsNamed(_ text: String, _ reason: String) {
    let error = #expect(throws: EtherFabricError.self) { try HardwareDevice(text) }
    #expect(error?.errno == EINVAL)
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func whereNoBackendIsLinkedTheRemedyIsToldAfterTheStringWasChecked() {
    let absent = #expect(throws: EtherFabricError.self) { try Driver.open("sfc:eth0/express") }
    #expect(absent?.errno == ENODEV && absent?.remedy.contains("Vendor/") == true)
    let wrong = #expect(throws: EtherFabricError.self) { try Driver.open("sfc:eth0,mtu=9000") }
    #expect(wrong?.errno == EINVAL)
  }
}
