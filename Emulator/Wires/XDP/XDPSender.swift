import CLinuxShims
import EtherFabric
import Glibc

/// The sending half of a socket: a ring of chunks that frames are written to, and the descriptors of those that wait.
struct XDPSender {
  let socket: Int32
  let base: UnsafeMutableRawPointer
  let layout: XDPMemoryLayout
  let budget: Int
  /// The driver reads the ring by itself, not the calling thread in the kernel.
  let isZerocopy: Bool
  var ring: XDPRing
  var completion: XDPRing

  /// For each chunk, whether the kernel has it.
  let isBusy: UnsafeMutablePointer<Bool>
  /// The chunk that the next frame begins in.
  var cursor = 0
  /// The first chunk of the room that was reserved last, and how many it takes.
  var reserved = 0
  var reservedCount = 0
  /// Entries up to here were taken by the kernel, as far as is known: its own mark may come later.
  var taken: UInt32 = 0
  /// Entries up to here were handed to the kernel.
  var submitted: UInt32 = 0
  /// What is sent is stamped: somebody asks for it.
  var stamps = false
  /// The metadata of the frame that was committed last, where it is stamped.
  var stamped: UnsafeMutableRawPointer?
  /// Void entries may be in the ring.
  var void = false
  /// Frames that wait for the flush.
  var waiting = 0
  /// Frames lost since the last flush.
  var lost = 0
  /// The interface was down when a batch left: until one frame gets through, each leaves by itself, so that its
  /// outcome is known at once.
  var isSingle = false

  init(
    socket: Int32, base: UnsafeMutableRawPointer, layout: XDPMemoryLayout, budget: Int, isZerocopy: Bool,
    ring: XDPRing, completion: XDPRing
  ) {
    self.socket = socket
    self.base = base
    self.layout = layout
    self.budget = budget
    self.isZerocopy = isZerocopy
    self.ring = ring
    self.completion = completion
    isBusy = .allocate(cacheAligned: layout.transmitChunks)
    isBusy.initialize(repeating: false, count: layout.transmitChunks)
  }

  func deallocate() { isBusy.deallocate() }

  /// Entries of the transmit ring that can be written.
  @inline(__always)
  var room: Int { Int(ring.mask) &+ 1 &- Int(ring.produced &- xdp_index_load(ring.memory.consumer)) }

  /// Takes back the chunks of frames that have left.
  @inline(__always)
  mutating func reap() {
    guard completion.hasMore() else { return }
    repeat {
      free(completion.address(completion.consumed).pointee)
      completion.consumed &+= 1
    } while completion.hasMore()
    completion.publishConsumed()
  }

  /// Frees the chunk of an address.
  @inline(__always)
  func free(_ address: UInt64) {
    let chunk = (Int(truncatingIfNeeded: address) &- layout.transmitStart) / layout.chunkSize
    if chunk >= 0, chunk < layout.transmitChunks { isBusy[chunk] = false }
  }

  /// Finds free chunks in a row for a frame. False where the kernel has them still.
  @inline(__always)
  mutating func reserve(_ length: Int) -> Bool {
    let count = length <= pieceSize ? 1 : (length &+ pieceSize &- 1) / pieceSize
    guard count <= layout.transmitChunks else { return false }
    let first = cursor &+ count <= layout.transmitChunks ? cursor : 0
    for chunk in first..<(first &+ count) where isBusy[chunk] { return false }
    reserved = first
    reservedCount = count
    return true
  }

  /// Bytes of a frame that one chunk holds.
  @inline(__always)
  private var pieceSize: Int { layout.chunkSize &- XDPMemoryLayout.transmitOffset }

  /// Where the frame in the reserved room begins, within the frame memory.
  @inline(__always)
  var reservedAddress: Int {
    layout.transmitStart &+ reserved &* layout.chunkSize &+ XDPMemoryLayout.transmitOffset
  }

  /// Writes the descriptors of a frame in the reserved room. They are not handed to the kernel yet.
  @inline(__always)
  mutating func append(_ length: Int) {
    if length > pieceSize { spread(length) }
    var left = length
    var chunk = reserved
    var address = reservedAddress
    var options: UInt32 = 0
    if stamps {
      stamped = askForTime(base + address)
      options = UInt32(xdp_frame_metadata)
    }
    repeat {
      let size = left < pieceSize ? left : pieceSize
      left &-= size
      isBusy[chunk] = true
      ring.frame(ring.produced).pointee = xdp_frame(
        address: UInt64(address), length: UInt32(truncatingIfNeeded: size),
        options: left > 0 ? options | UInt32(xdp_frame_continues) : options)
      options = 0
      ring.produced &+= 1
      address &+= layout.chunkSize
      chunk &+= 1
    } while left > 0
    cursor = chunk == layout.transmitChunks ? 0 : chunk
    waiting &+= 1
  }

  /// Asks the kernel to write into the metadata of a frame when it left.
  @inline(__always)
  private func askForTime(_ frame: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let metadata = frame - XDPMemoryLayout.transmitMetadata
    metadata.storeBytes(of: UInt64(xdp_metadata_timestamp), as: UInt64.self)
    metadata.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    return metadata
  }

  /// When the frame that was committed last left, in TAI; 0 where it has not, or was not stamped.
  @inline(__always)
  mutating func takeTime() -> UInt64 {
    guard let metadata = stamped else { return 0 }
    stamped = nil
    return metadata.load(fromByteOffset: 8, as: UInt64.self)
  }

  /// Moves the parts of a frame that was written in one piece to their chunks: the kernel wants room for metadata in
  /// front of each.
  @inline(never)
  private func spread(_ length: Int) {
    let frame = base + reservedAddress
    var piece = (length &- 1) / pieceSize
    while piece > 0 {
      let offset = piece &* pieceSize
      let size = length &- offset
      memmove(frame + piece &* layout.chunkSize, frame + offset, size < pieceSize ? size : pieceSize)
      piece &-= 1
    }
  }
}
