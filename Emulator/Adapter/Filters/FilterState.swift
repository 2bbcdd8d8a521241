import EtherFabric

/// A place in the hash: one combination of fields, and the filters on it. 64 bytes, a cache line.
struct FilterSlot {
  var key = FilterKey()
  var hash: UInt64 = 0
  /// Index of the first filter in the order they were added; -1 where the slot is free.
  var first: Int32 = -1
  /// Index of the last.
  var last: Int32 = -1
}

/// One filter of one interface. First what a match reads.
struct FilterEntry {
  /// Frames delivered because of this filter.
  var matches: UInt64 = 0
  var interface: UInt32 = 0
  /// What gets one copy of a frame: the interface, or the receive queue that interfaces share.
  var recipient: UInt32 = 0
  /// The adapter's number of the filter. Filters of interfaces that share a receive queue have one number.
  var hardwareID: UInt32 = 0
  /// `FilterFlags` as added.
  var flags: UInt32 = 0
  /// The stack whose multicast it does not take.
  var stack: UInt32 = 0
  /// The next filter on the same fields, or the next free entry; -1 at the end.
  var next: Int32 = -1

  /// Serial number above the index; 0 where the entry is free.
  var id: UInt64 = 0
  var key = FilterKey()
  /// `FilterKind` as added.
  var kind: UInt32 = 0
  /// The filters of one interface, both ways; -1 at the ends.
  var nextOfInterface: Int32 = -1
  var previousOfInterface: Int32 = -1
  /// 1 unicast, 2 multicast: what the filter keeps from the kernel beyond its own frames.
  var blocks: UInt8 = 0
  /// `MatchKind`, or 0xff for a filter that is in no slot.
  var matchKind: UInt8 = 0xff
  /// `Datapath`.
  var datapath: UInt8 = 0
}

/// Everything that a match reads, in raw memory.
struct FilterState {
  /// A power of two, at least twice as many as entries, so that probes stay short.
  var slots: UnsafeMutablePointer<FilterSlot>
  var slotMask: Int
  var entries: UnsafeMutablePointer<FilterEntry>
  /// Of `MatchKind`, by raw value.
  var masks: UnsafeMutablePointer<FilterKey>
  /// How many filters each kind has.
  var kindCounts: UnsafeMutablePointer<UInt32>
  /// The kinds that have filters.
  var kinds: UInt32 = 0
  /// How many filters keep unicast and multicast from the kernel.
  var unicastBlocks: UInt32 = 0
  var multicastBlocks: UInt32 = 0
  var hardwareMAC: UInt64 = 0
  /// Receive queue of each hardware ID.
  var queues: UnsafeMutablePointer<UInt32>
  /// X3: the entry of an interface that sees the default queue, where all goes that no filter takes; -1 for none.
  var defaultQueueEntry: Int32 = -1
  /// The match in which each recipient got its copy last.
  var stamps: UnsafeMutablePointer<UInt32>
  var matchNumber: UInt32 = 0
  /// Whether a multicast frame goes to the filters of every kind that matches, or of the most specific one only.
  var chainsMulticast = true
  /// Groups that the kernel listens to, ascending.
  var kernelGroups: UnsafeMutablePointer<UInt64>?
  var kernelGroupCount = 0
  /// The filter that took the last copy of a frame.
  var lastEntry: UInt32 = 0
  /// What of it is known without a look.
  var flows = FlowCache()
}

extension UnsafeMutablePointer<FilterState> {
  /// The slot with this key, or nil.
  @inline(__always)
  func find(_ key: FilterKey, hash: UInt64) -> UnsafeMutablePointer<FilterSlot>? {
    let slots = pointee.slots
    let mask = pointee.slotMask
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].first >= 0 {
      if slots[index].hash == hash, slots[index].key.equals(key) { return slots + index }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// A slot for a key that has none yet. Entries are fewer than slots, so there always is a free one.
  func addSlot(_ key: FilterKey, hash: UInt64) -> UnsafeMutablePointer<FilterSlot> {
    let slots = pointee.slots
    let mask = pointee.slotMask
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].first >= 0 { index = (index + 1) & mask }
    slots[index].key = key
    slots[index].hash = hash
    slots[index].last = -1
    return slots + index
  }

  /// Frees a slot and closes the gap, so that no tombstones lengthen later probes.
  func removeSlot(_ slot: UnsafeMutablePointer<FilterSlot>) {
    let slots = pointee.slots
    let mask = pointee.slotMask
    var gap = slot - slots
    var index = gap
    while true {
      index = (index + 1) & mask
      if slots[index].first < 0 { break }
      let home = Int(truncatingIfNeeded: slots[index].hash) & mask
      // A slot may move back to the gap unless its home lies between the gap and itself.
      if (index - home) & mask >= (index - gap) & mask {
        slots[gap] = slots[index]
        gap = index
      }
    }
    slots[gap] = FilterSlot()
  }

  /// Whether the kernel takes frames to this group address. It always takes broadcast.
  func kernelListens(to mac: UInt64) -> Bool {
    if mac == 0xffff_ffff_ffff { return true }
    guard let groups = pointee.kernelGroups else { return false }
    var low = 0
    var high = pointee.kernelGroupCount
    while low < high {
      let middle = (low + high) / 2
      if groups[middle] == mac { return true }
      if groups[middle] < mac { low = middle + 1 } else { high = middle }
    }
    return false
  }
}
