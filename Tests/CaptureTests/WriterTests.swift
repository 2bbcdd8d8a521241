import EmulatedWires
import EtherFabric
import Glibc
import Testing

@Suite struct WriterTests {
  let folder = Folder()

  @Test func writesTheBytesOfANanosecondCapture() throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    #expect(contents(folder.file("out")) == pcapHeader())
    writer.record(frame(1), at: 5_123_456_789)
    writer.record(frame(2, length: 9014), at: 6_000_000_001)
    try writer.flush()
    let expected =
      pcapHeader() + pcapRecord(5, 123_456_789, frame(1)) + pcapRecord(6, 1, frame(2, length: 9014))
    #expect(contents(folder.file("out")) == expected)
    #expect(Array(contents(folder.file("out"))[..<4]) == [0x4d, 0x3c, 0xb2, 0xa1])
    #expect(writer.framesRecorded == 2)
    try writer.close()
    #expect(contents(folder.file("out")) == expected)
  }

  @Test func keepsTheOriginalLengthOfACutFrame() throws {
    let writer = try CaptureWriter(path: folder.file("out"), snapLength: 96)
    writer.record(frame(1, length: 1514), at: 1_000_000_000)
    writer.record(frame(2, length: 60), at: 2_000_000_000)
    try writer.close()
    let expected =
      pcapHeader(snapLength: 96) + pcapRecord(1, 0, frame(1, length: 96), original: 1514)
      + pcapRecord(2, 0, frame(2))
    #expect(contents(folder.file("out")) == expected)
  }

  @Test func readsBackWhatItWrote() throws {
    let frames = (0..<300).map { Seen(frame($0, length: 14 + $0 * 30), UInt64($0) * 999_999_937) }
    let writer = try CaptureWriter(path: folder.file("out"))
    for frame in frames { writer.record(frame.bytes, at: frame.timestamp) }
    try writer.close()
    #expect(try CaptureReader(path: folder.file("out")).readAll() == frames)
  }

  @Test func appendsOrStartsAnew() throws {
    for round in 1...2 {
      let writer = try CaptureWriter(path: folder.file("out"), appending: true)
      writer.record(frame(round), at: UInt64(round))
      try writer.close()
    }
    #expect(contents(folder.file("out")) == pcapHeader() + pcapRecord(0, 1, frame(1)) + pcapRecord(0, 2, frame(2)))
    try CaptureWriter(path: folder.file("out")).close()
    #expect(contents(folder.file("out")) == pcapHeader())
  }

  @Test func appendsOnlyToItsOwnKind() {
    for other in [pcapHeader(magic: 0xa1b2_c3d4), pcapHeader(linkType: 113), Array("quite another file".utf8)] {
      write(other, to: folder.file("out"))
      #expect(refusal { _ = try CaptureWriter(path: folder.file("out"), appending: true) }?.errno == EBADMSG)
      #expect(contents(folder.file("out")) == other)
    }
  }

  @Test func namesWhatCannotBeWritten() throws {
    let missing = try #require(refusal { _ = try CaptureWriter(path: folder.file("none/out")) })
    #expect(missing.errno == ENOENT)
    #expect(missing.reason.contains(folder.file("none/out")))
    #expect(refusal { _ = try CaptureWriter(path: folder.file("none/out"), appending: true) }?.errno == ENOENT)
    #expect(refusal { _ = try CaptureWriter(path: folder.path) }?.errno == EISDIR)
    #expect(refusal { _ = try CaptureWriter(path: folder.file("out"), snapLength: 0) }?.errno == EINVAL)
    #expect(refusal { _ = try CaptureWriter(path: "/dev/full") }?.errno == ENOSPC)
  }

  @Test func countsWhatAFullDiskTakesAway() throws {
    let file = FillableFile()
    let writer = try CaptureWriter(path: file.path)
    #expect(writer.record(frame(1), at: 1))
    try writer.flush()
    file.fill()
    var accepted = 0
    while writer.record(frame(accepted, length: 1514), at: 2), accepted < 10_000 { accepted += 1 }
    #expect(accepted < 10_000)
    #expect(writer.error?.errno == EPERM)
    #expect(writer.framesRecorded == UInt64(accepted + 1))
    #expect(!writer.record(frame(1), at: 3))
    #expect(writer.framesLost == 2)
    #expect(refusal { try writer.flush() }?.errno == EPERM)
    #expect(refusal { try writer.close() }?.errno == EPERM)
    #expect(contents(file.path).starts(with: pcapHeader() + pcapRecord(0, 1, frame(1))))
  }

  @Test func recordsOfSeveralThreadsNeverInterleave() async throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for number in 0..<200 {
            writer.record(frame(thread, length: 1514), at: UInt64(number))
            if number % 50 == 0 { try? writer.flush() }
          }
        }
      }
    }
    try writer.close()
    let frames = try CaptureReader(path: folder.file("out")).readAll()
    for thread in 0..<4 {
      let own = frames.filter { $0.bytes == frame(thread, length: 1514) }
      #expect(own.map(\.timestamp) == (0..<200).map { UInt64($0) })
    }
    #expect(writer.framesRecorded == 800)
  }

  @Test func losesWhatComesAfterClosing() throws {
    let writer = try CaptureWriter(path: folder.file("out"))
    try writer.close()
    try writer.close()
    #expect(!writer.record(frame(1), at: 1))
    #expect(writer.framesLost == 1)
    #expect(contents(folder.file("out")) == pcapHeader())
  }
}
