import EmulatedWires
import EtherFabric
import Glibc
import Testing

@Suite struct ReaderTests {
  let folder = Folder()

  @Test func readsNanosecondsAndMicroseconds() throws {
    write(pcapHeader() + pcapRecord(5, 123_456_789, frame(1)), to: folder.file("a"))
    #expect(try CaptureReader(path: folder.file("a")).readAll() == [Seen(frame(1), 5_123_456_789)])
    write(pcapHeader(magic: 0xa1b2_c3d4) + pcapRecord(5, 123_456, frame(2)), to: folder.file("b"))
    #expect(try CaptureReader(path: folder.file("b")).readAll() == [Seen(frame(2), 5_123_456_000)])
  }

  @Test func readsSecondsAfter2038() throws {
    write(pcapHeader() + pcapRecord(0xffff_fff0, 7, frame(1)), to: folder.file("a"))
    #expect(try CaptureReader(path: folder.file("a")).readAll() == [Seen(frame(1), 4_294_967_280_000_000_007)])
  }

  @Test func readsPcapng() throws {
    let section = words(0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, 0xffff_ffff, 0xffff_ffff, 28)
    // One option, number 9 and 1 byte long: time stamps in units of 10^-9 s.
    let interface = words(1, 32, 1, 65_535, 1 << 16 | 9, 9, 0, 32)
    let packet = words(6, 32 + 60, 0, 1, 5, 60, 60) + frame(3) + words(32 + 60)
    write(section + interface + packet, to: folder.file("a"))
    #expect(try CaptureReader(path: folder.file("a")).readAll() == [Seen(frame(3), 1 << 32 + 5)])
  }

  @Test func namesWhatIsWrongWithTheFile() throws {
    let missing = try #require(refusal { _ = try CaptureReader(path: folder.file("none")) })
    #expect(missing.errno == ENOENT)
    #expect(missing.reason.contains(folder.file("none")))
    #expect(refusal { _ = try CaptureReader(path: folder.path) }?.errno == EISDIR)

    write(Array("this is a letter, not a capture of frames".utf8), to: folder.file("a"))
    #expect(refusal { _ = try CaptureReader(path: folder.file("a")) }?.errno == EBADMSG)
    write([], to: folder.file("a"))
    #expect(refusal { _ = try CaptureReader(path: folder.file("a")) }?.errno == EBADMSG)
    write(Array(pcapHeader()[..<20]), to: folder.file("a"))
    #expect(refusal { _ = try CaptureReader(path: folder.file("a")) }?.errno == EBADMSG)

    write(pcapHeader(linkType: 113), to: folder.file("a"))
    let cooked = try #require(refusal { _ = try CaptureReader(path: folder.file("a")) })
    #expect(cooked.errno == EPROTONOSUPPORT)
    #expect(cooked.reason.contains("LINUX_SLL"))

    #expect(refusal { _ = try CaptureReader(path: folder.file("a"), frameLimit: 1) }?.errno == EINVAL)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func namesAnUnreadableFile() {
    write(pcapHeader(), to: folder.file("a"))
    chmod(folder.file("a"), 0)
    #expect(refusal { _ = try CaptureReader(path: folder.file("a")) }?.errno == EACCES)
  }

  @Test(arguments: [1, 8, 15, 16, 17, 75])
  func deliversAllInFrontOfACut(_ bytesLeft: Int) throws {
    let whole = pcapHeader() + pcapRecord(1, 0, frame(1)) + pcapRecord(2, 0, frame(2))
    write(whole + pcapRecord(3, 0, frame(3))[..<bytesLeft], to: folder.file("a"))
    let reader = try CaptureReader(path: folder.file("a"))
    #expect(try reader.next().map(Seen.init) == Seen(frame(1), 1_000_000_000))
    #expect(try reader.next().map(Seen.init) == Seen(frame(2), 2_000_000_000))
    #expect(reader.error == nil)
    #expect(refusal { _ = try reader.next() }?.errno == ENODATA)
    #expect(refusal { _ = try reader.next() }?.errno == ENODATA)
    #expect(reader.error?.errno == ENODATA)
    #expect(reader.error?.reason.contains("frame 2") == true)
    #expect(reader.isAtEnd)
  }

  @Test func tellsADamagedRecordFromACut() throws {
    let absurd = words(1, 0, 0x7fff_ffff, 60) + frame(2)
    write(pcapHeader() + pcapRecord(1, 0, frame(1)) + absurd, to: folder.file("a"))
    let reader = try CaptureReader(path: folder.file("a"))
    #expect(try reader.next() != nil)
    #expect(refusal { _ = try reader.next() }?.errno == EBADMSG)
  }

  @Test func leavesOutAndCounts() throws {
    let file =
      pcapHeader() + pcapRecord(1, 0, frame(1, length: 1514)) + pcapRecord(2, 0, frame(2, length: 1515))
      + pcapRecord(3, 0, frame(3, length: 64), original: 100) + pcapRecord(4, 0, frame(4, length: 13))
      + pcapRecord(5, 0, []) + pcapRecord(6, 0, frame(6, length: 64), original: 1515)
      + pcapRecord(7, 0, frame(7, length: 14))
    write(file, to: folder.file("a"))
    let reader = try CaptureReader(path: folder.file("a"), frameLimit: 1514)
    #expect(try reader.readAll().map(\.timestamp) == [1_000_000_000, 7_000_000_000])
    #expect(reader.framesRead == 2)
    #expect(reader.framesOversize == 2)
    #expect(reader.framesCut == 1)
    #expect(reader.framesShort == 2)
    #expect(reader.error == nil)
  }

  @Test func padsCutFramesOnRequest() throws {
    let records = pcapRecord(1, 0, frame(1, length: 100)) + pcapRecord(2, 0, frame(2, length: 20), original: 100)
    write(pcapHeader() + records, to: folder.file("a"))
    let frames = try CaptureReader(path: folder.file("a"), cutFrames: .pad).readAll()
    #expect(frames[1].bytes == frame(2, length: 20) + [UInt8](repeating: 0, count: 80))
  }

  @Test func rewindsAlsoWhenTheNameIsGone() throws {
    write(pcapHeader() + pcapRecord(1, 0, frame(1)) + pcapRecord(2, 0, frame(2)), to: folder.file("a"))
    let reader = try CaptureReader(path: folder.file("a"))
    unlink(folder.file("a"))
    let first = try reader.readAll()
    try reader.rewind()
    #expect(try reader.readAll() == first)
    #expect(reader.framesRead == 4)
  }

  @Test func readsAPipeOnce() throws {
    #expect(mkfifo(folder.file("a"), 0o600) == 0)
    // Opened for both so that neither end waits for the other; the frames fit into the pipe.
    let both = open(folder.file("a"), O_RDWR)
    let bytes = pcapHeader() + pcapRecord(1, 0, frame(1))
    _ = bytes.withUnsafeBytes { write(both, $0.baseAddress, $0.count) }
    let reader = try CaptureReader(path: folder.file("a"))
    close(both)
    #expect(try reader.readAll() == [Seen(frame(1), 1_000_000_000)])
    #expect(refusal { try reader.rewind() }?.errno == ESPIPE)
  }

  @Test func readsBeyondTwoGibibytes() throws {
    // Holes: records of the largest size whose bytes are never written.
    let step = 16 + 262_144
    let count = (1 << 31) / step + 2
    let file = open(folder.file("a"), O_CREAT | O_RDWR, 0o600)
    let header = pcapHeader()
    _ = header.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    let large = words(1, 0, 262_144, 262_144)
    for index in 0..<count {
      _ = large.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(24 + index * step)) }
    }
    let last = pcapRecord(9, 9, frame(9))
    _ = last.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(24 + count * step)) }
    close(file)
    let reader = try CaptureReader(path: folder.file("a"))
    #expect(try reader.readAll() == [Seen(frame(9), 9_000_000_009)])
    #expect(reader.framesOversize == UInt64(count))
  }
}
