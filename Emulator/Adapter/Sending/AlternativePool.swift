import EtherFabric
import EtherFabricFormats
import Glibc

/// The alternatives and the packet buffers for them that the interfaces of an adapter share.
struct AlternativePool {
  /// What an adapter has. Source: facts sheet, section 8; the numbers depend on its firmware, these are a typical one's.
  enum Size {
    static let fifos = 17
    /// Bytes of a buffer: X2 has larger ones than the 8000 series.
    static func bufferBytes(_ generation: Generation) -> Int { generation.variant < "C" ? 512 : 1024 }
    static func buffers(_ generation: Generation) -> Int { 524_288 / bufferBytes(generation) }
    /// Buffers that an alternative may hold beside the frames that fit them.
    static let buffersBeside = 2
  }

  /// What an interface has of it.
  struct Share {
    var numbers: [UInt8]
    var buffers: Int
    /// Bytes for frames with their overhead.
    var room: Int
  }

  private var freeNumbers: [UInt8]
  private var freeBuffers: Int
  private let bufferBytes: Int

  init(_ generation: Generation) {
    freeNumbers = (0..<UInt8(Size.fifos)).reversed()
    freeBuffers = Size.buffers(generation)
    bufferBytes = Size.bufferBytes(generation)
  }

  /// Errors as the driver's: `EBUSY` for too many alternatives, `ENOSPC` for too many buffers.
  mutating func take(_ count: Int, bytes: Int) throws(EtherFabricError) -> Share {
    let call = "VirtualInterface.allocateAlternatives"
    guard count <= freeNumbers.count else {
      throw EtherFabricError(
        call, errno: EBUSY, reason: "\(count) alternatives, the adapter has \(freeNumbers.count) left",
        remedy: "Ask for fewer, or free those of another interface.")
    }
    // Room is asked for in words of 32 bytes, and given in whole buffers.
    let words = bytes / AlternativeFIFO.word + (bytes % AlternativeFIFO.word == 0 ? 0 : 1)
    let perBuffer = bufferBytes / AlternativeFIFO.word
    let full = words / perBuffer + (words % perBuffer == 0 ? 0 : 1)
    let beside = Size.buffersBeside * count
    guard full <= freeBuffers - beside else {
      throw EtherFabricError(
        call, errno: ENOSPC,
        reason: "\(bytes) bytes, the adapter has \(max(0, freeBuffers - beside) * bufferBytes) left",
        remedy: "Ask for less; alternativeBuffering tells how much there is.")
    }
    freeBuffers -= full + beside
    let numbers = (0..<count).map { _ in freeNumbers.removeLast() }
    return Share(numbers: numbers, buffers: full + beside, room: full * bufferBytes)
  }

  mutating func giveBack(_ share: Share) {
    freeNumbers.append(contentsOf: share.numbers.reversed())
    freeBuffers += share.buffers
  }
}
