import EmulatedAdapter
import EtherFabric
import Testing

/// What a wire is told that leaves all other frames to the kernel.
@Suite struct WantedFramesTests {
  let table = FilterTable(hardwareMAC: ownMAC)

  private func wanted(_ filter: FilterSpecification, _ owner: FilterOwner = FilterOwner()) throws -> [StealMatch] {
    let cookie = try table.insert(filter, interface: 1, owner: owner)
    defer { try? table.remove(cookie, interface: 1) }
    let frames = table.wantedFrames()
    #expect(!frames.isEverything)
    #expect(frames.known == [ownMAC, .broadcast])
    return frames.matches
  }

  private func match(_ change: (inout StealMatch) -> Void) -> StealMatch {
    var match = StealMatch()
    change(&match)
    return match
  }

  @Test func withoutFiltersItIsNothing() {
    #expect(table.wantedFrames().matches.isEmpty)
    #expect(!table.wantedFrames().isEverything)
  }

  @Test func everyKindIsWanted() throws {
    #expect(
      try wanted(.udp(local: IPEndpoint("10.0.0.1:7")!)) == [
        match {
          $0.etherType = 0x0800
          $0.ipProtocol = 17
          $0.localAddress = [10, 0, 0, 1]
          $0.localPort = 7
        }
      ])
    // Multicast is wanted though it is not stolen.
    #expect(try wanted(.ethernet(group)) == [match { $0.destinationMAC = group }])
    #expect(try wanted(.multicastAll).contains(match { $0.group = .multicast }))
    #expect(try wanted(.multicastMismatch) == [match { $0.group = .unknownMulticast }])
    #expect(try wanted(.unicastMismatch) == [match { $0.group = .unknownUnicast }])
    #expect(
      try wanted(FilterSpecification.unicastMismatch.vlan(5)) == [
        match {
          $0.group = .unknownUnicast
          $0.vlan = 5
        }
      ])
    // The kernel's own address is among what is taken.
    #expect(try wanted(.unicastAll).contains(match { $0.group = .unicast }))
    #expect(try wanted(.blockKernelUnicast) == [match { $0.group = .unicast }])
    #expect(try wanted(.blockKernelMulticast) == [match { $0.group = .multicast }])
  }

  @Test func aSnifferAndABlockedKernelWantEverything() throws {
    for filter in [FilterSpecification.portSniff(promiscuous: true), .blockKernel] {
      let cookie = try table.insert(filter, interface: 1)
      #expect(table.wantedFrames().isEverything)
      try table.remove(cookie, interface: 1)
      #expect(!table.wantedFrames().isEverything)
    }
  }

  @Test func aVirtualPortIsWantedByItsTagAlone() throws {
    var owner = FilterOwner()
    owner.virtualPort = 3
    table.virtualPortTags[3] = 77
    #expect(
      try wanted(.unicastMismatch, owner) == [
        match {
          $0.group = .unicast
          $0.vlan = 77
        }
      ])
    #expect(try wanted(.ethernet(ownMAC, vlan: 5), owner) == [match { $0.vlan = 77 }])
  }

  @Test func anX3WantsWhatWasAskedFor() throws {
    var owner = FilterOwner()
    owner.datapath = .efct
    let filter = try FilterSpecification.ethernet(ownMAC, vlan: 9)
    #expect(
      try wanted(filter, owner) == [
        match {
          $0.destinationMAC = ownMAC
          $0.vlan = 9
        }
      ])
  }
}
