import EtherFabric

/// An interface that receives, with its buffers, in one way or another.
protocol FrameSource: AnyObject {
  var identity: AdapterIdentity { get }
  /// How frames arrive, in a few words: what was really obtained.
  var reception: String { get }
  /// Events that told of frames.
  var receiveEvents: UInt64 { get }
  /// Packets that were marked, by reason.
  var discards: [DiscardReason: UInt64] { get }
  /// Packets that were cut because no descriptor was left.
  var truncated: UInt64 { get }
  /// What the interface counted since it was opened.
  var interfaceCounters: AdapterStatistics { get }
  /// What the port counted since then.
  var portCounters: AdapterStatistics { get }
  /// Which errors make discards, and the way to say so.
  var discardMask: DiscardMask { get set }

  /// Adds all filters, or tells which one was refused.
  func add(_ filters: [FilterArgument]) throws(EtherFabricError)
  /// Hands over what has arrived. Returns how many events there were.
  func poll(_ take: (Arrival) -> Void) throws(EtherFabricError) -> Int
}

extension Station: FrameSource {
  var reception: String {
    interface.flags.contains(.receiveEventMerge) ? "merged events" : "an event for each buffer"
  }

  var discardMask: DiscardMask {
    get { interface.receiveDiscards }
    set { interface.receiveDiscards = newValue }
  }
}
