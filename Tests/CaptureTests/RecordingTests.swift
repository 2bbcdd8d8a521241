import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Testing

@Suite struct RecordingTests {
  let folder = Folder()

  private func tapped(_ writer: CaptureWriter, _ directions: RecordingWire.Directions = .both) throws -> RecordingWire {
    write(pcapHeader() + pcapRecord(1, 5, frame(1)) + pcapRecord(2, 6, frame(2)), to: folder.file("a"))
    var options = ReplayOptions()
    options.mtu = 1500
    return RecordingWire(
      try ReplayWire(path: folder.file("a"), options: options), writer: writer, directions: directions)
  }

  @Test func recordsBothDirectionsInOrder() throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    let wire = try tapped(writer)
    let port = wire.operations
    #expect(port.peek()?.bytes == frame(1))
    #expect(port.take()?.bytes == frame(1))
    #expect(port.send(frame(7, length: 900)) == .sent)
    #expect(port.send(frame(8, length: 1519)) == .oversize)
    #expect(port.take()?.bytes == frame(2))
    #expect(port.take() == nil)
    try writer.close()
    let recorded = try CaptureReader(path: folder.file("out")).readAll()
    #expect(recorded.map(\.bytes) == [frame(1), frame(7, length: 900), frame(2)])
    #expect(recorded[0].timestamp == 1_000_000_005)
    #expect(recorded[2].timestamp == 2_000_000_006)
  }

  @Test func recordsOneDirection() throws {
    for (directions, expected) in [
      (RecordingWire.Directions.receive, [frame(1), frame(2)]), (.transmit, [frame(7)]), ([], []),
    ] {
      let writer = try CaptureWriter(path: folder.file("out"))
      let port = try tapped(writer, directions)
      #expect(port.operations.takeAll().count == 2)
      #expect(port.operations.send(frame(7)) == .sent)
      try writer.close()
      #expect(try CaptureReader(path: folder.file("out")).readAll().map(\.bytes) == expected)
    }
  }

  @Test func recordsWhatTheWireGaveNotWhatBecameOfIt() throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    let wire = try tapped(writer)
    let port = wire.operations
    withUnsafeTemporaryAllocation(of: WireFrame.self, capacity: 1) { out in
      #expect(port.receiveNext(port.context, out.baseAddress!))
      out[0].bytes.storeBytes(of: 0xee, as: UInt8.self)
    }
    port.receiveRelease(port.context)
    try writer.close()
    #expect(try CaptureReader(path: folder.file("out")).readAll().map(\.bytes) == [frame(1)])
  }

  @Test func stampsFramesThatHaveNoTime() throws {
    write(pcapHeader() + pcapRecord(1, 5, frame(1)), to: folder.file("a"))
    var options = ReplayOptions()
    options.timestamps = .none
    let writer = try CaptureWriter(path: folder.file("out"))
    let wire = RecordingWire(try ReplayWire(path: folder.file("a"), options: options), writer: writer)
    #expect(wire.operations.take()?.timestamp == 0)
    try writer.close()
    let recorded = try CaptureReader(path: folder.file("out")).readAll()
    #expect(recorded.map(\.bytes) == [frame(1)])
    #expect(recorded[0].timestamp > 1_500_000_000_000_000_000)
  }

  @Test func isTheInnerWireForEverythingElse() throws {
    let wire = try tapped(try CaptureWriter(path: folder.file("out")))
    #expect(wire.name == wire.inner.name)
    #expect(wire.mtu == 1500)
    #expect(wire.macAddress == nil)
    #expect(wire.isLinkUp)
    #expect(wire.waitDescriptor == wire.inner.waitDescriptor)
    #expect(!wire.steal([]))
    #expect(wire.configuration.contains { $0 == ("recording", folder.file("out")) })
    #expect(wire.configuration.contains { $0.name == "capture" })
    #expect(wire.error == nil)
  }

  @Test func aFullDiskDoesNotDisturbTheTraffic() throws {
    let file = FillableFile()
    let writer = try CaptureWriter(path: file.path)
    let wire = try tapped(writer)
    let port = wire.operations
    file.fill()
    #expect(port.take()?.bytes == frame(1))
    for number in 0..<100 { #expect(port.send(frame(number, length: 1500)) == .sent) }
    #expect(port.take()?.bytes == frame(2))
    #expect(wire.error?.errno == EPERM)
    #expect(writer.framesLost > 0)
    #expect(writer.framesLost + writer.framesRecorded == 102)
    #expect(wire.configuration.contains { $0.name == "recording error" })
    #expect(wire.configuration.contains { $0 == ("not recorded", "\(writer.framesLost) frames") })
  }

  @Test func writesOutWhenTheWireGoes() throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    do {
      let wire = try tapped(writer)
      #expect(wire.operations.take() != nil)
    }
    #expect(contents(folder.file("out")) == pcapHeader() + pcapRecord(1, 5, frame(1)))
  }
}
