import EtherFabric
import Testing

@Suite("Row 21: a packet names its filter, and a filter its queue", .tags(.network), .timeLimit(.minutes(1)))
struct FilterQueryTests {
  /// Of two filters, one for each packet in turn.
  @Test(arguments: BenchKind.allCases) func eachPacketNamesTheFilterThatPickedIt(_ kind: BenchKind) throws {
    try kind.run { bench in
      let domain = try bench.driver.allocateProtectionDomain()
      let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 8 * 2048))
      let options = InterfaceOptions(receiveCapacity: kind.isExpress ? 1024 : 512, flags: .receiveFilterID)
      var interface = try domain.allocateVirtualInterface(options)
      let ports: [UInt16] = [5000, 5001]
      let filters = try ports.map { try interface.addFilter(.udp(local: IPEndpoint("10.9.0.2:\($0)")!)) }
      let numbers = try filters.map { UInt16(truncatingIfNeeded: try interface.queryFilter($0).hardwareFilterID) }
      #expect(numbers[0] != numbers[1])
      if !kind.isExpress {
        for index in 0..<8 { try interface.receivePost(memory.dmaAddress(index * 2048), id: RequestID(index)) }
      }
      let there = IPEndpoint("10.9.0.1:4000")!
      for port in ports + ports {
        let here = IPEndpoint("10.9.0.2:\(port)")!
        let frame = Frame.udp(to: bench.portMAC, from: bench.peerMAC, there, here, [1, 2, 3])
        #expect(bench.send(frame))
      }
      var found: [UInt16] = []
      var events = EventBatch(capacity: 8)
      _ = try eventually {
        interface.poll(&events)
        for index in events.indices {
          switch events[index] {
          case .receive(let event):
            let buffer = memory.base + Int(event.id.rawValue) * 2048
            found.append(try interface.filterID(of: events[index], packet: buffer))
          case .receiveReference(let event):
            found.append(try interface.filterID(of: events[index]))
            try interface.release(packet: event.packet)
          default: Issue.record("\(events[index])")
          }
        }
        return found.count == 4
      }
      // An X3 compares ports too, so that each is picked by its own.
      #expect(found == [numbers[0], numbers[1], numbers[0], numbers[1]])
    }
  }

  /// The libciul of this project tells a filter's queue, and leaves the list of queues in `ef_vi` empty.
  @Test(arguments: BenchKind.express) func aFilterNamesTheQueueThatItsInterfaceIsAttachedTo(_ kind: BenchKind) throws {
    try kind.run { bench in
      let interface = try bench.driver.allocateProtectionDomain()
        .allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024))
      #expect(interface.receiveQueues.isEmpty)
      let info = try interface.queryFilter(interface.addFilter(.udp(local: IPEndpoint("10.9.0.2:5000")!)))
      #expect(info.validFields.contains(.receiveQueue))
      let queues = interface.receiveQueues.map(\.queue)
      #expect(queues == (kind.wire == .library ? [] : [Int(info.receiveQueue)]))
    }
  }
}
