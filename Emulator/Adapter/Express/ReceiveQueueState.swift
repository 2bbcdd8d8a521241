import EtherFabric
import EtherFabricFormats

/// A receive queue of superbufs: where the next frame goes.
///
/// X3: several interfaces read it, the driver half (`SharedSuperbufs`) gives it its superbufs, and the metadata of a
/// frame stand in the slot behind. X4: it belongs to one interface, which posts superbufs, and the metadata stand with
/// the frame.
struct ReceiveQueueState {
  /// Hardware's number of the queue.
  let number: UInt32
  /// The slot of the next frame in its superbuf; `SuperbufLayout.slots` when that is full.
  var slot = 0
  /// The superbuf in use: its memory on X3, nil without one.
  var superbuf: UnsafeMutableRawPointer?
  /// The superbuf in use on X4: its DMA address, 0 without one.
  var address: UInt64 = 0
  /// The sentinel of the superbuf in use, at its place in the metadata.
  var sentinel: UInt64 = 0
  /// What makes frames leave the short path.
  var attention: Attention = []
  /// Its counters, in the page of the adapter.
  let counterWords: UnsafeMutablePointer<QueueCounters>
  var counters: QueueCounters {
    @inline(__always) get { counterWords.pointee }
    @inline(__always) nonmutating _modify { yield &counterWords.pointee }
  }

  /// X3.
  var shared: UnsafeMutablePointer<SharedSuperbufs>?
  /// X4.
  var posted: UnsafeMutablePointer<PostedSuperbufs>?
  /// X4: an event tells of each frame.
  var generatesEvents = false
  /// Interfaces that read the queue.
  var attachments: UnsafeMutablePointer<QueueAttachment>?

  /// A frame whose metadata are held back.
  var heldPlace: UnsafeMutableRawPointer?
  var heldWord: UInt64 = 0

  init(number: UInt32, counters: UnsafeMutablePointer<QueueCounters>) {
    self.number = number
    counterWords = counters
  }

  struct Attention: OptionSet {
    let rawValue: UInt8
    /// An interface waits for a frame of which no event will tell.
    static let primed = Attention(rawValue: 1)
    /// X3: the superbuf in use is to be left as soon as there is another.
    static let rollover = Attention(rawValue: 2)
    /// The metadata of the next frame are to be held back.
    static let hold = Attention(rawValue: 4)
    /// Metadata are held back.
    static let held = Attention(rawValue: 8)
    /// X4: a superbuf was not where it should be.
    static let stopped = Attention(rawValue: 16)
    /// No superbuf is taken into use.
    static let starved = Attention(rawValue: 32)
  }
}

/// The superbufs that an X4's interface has posted to a queue, in order.
struct PostedSuperbufs {
  /// The interface that the queue belongs to.
  let owner: UnsafeMutablePointer<InterfaceState>
  /// `BufferPost` words, `BufferPost.maximumOutstanding` places.
  let words: UnsafeMutablePointer<UInt64>
  var added: UInt32 = 0
  var removed: UInt32 = 0

  init(owner: UnsafeMutablePointer<InterfaceState>) {
    self.owner = owner
    words = .allocate(capacity: BufferPost.maximumOutstanding)
    words.initialize(repeating: 0, count: BufferPost.maximumOutstanding)
  }

  func deallocate() { words.deallocate() }

  var count: UInt32 { added &- removed }
}
