import EtherFabric

/// One interface that a frame goes to, and the filter that says so.
public struct FilterRecipient: Equatable {
  /// The interface's index, as given to `FilterTable.insert`. Of interfaces that share a receive queue, one.
  public var interface: UInt32
  /// The hardware filter ID; `noFilter` where none steered the frame.
  public var filterID: UInt32

  /// X3: the frame came to the default queue because no filter took it.
  public static let noFilter = UInt32.max

  @inlinable
  public init(interface: UInt32, filterID: UInt32) {
    self.interface = interface
    self.filterID = filterID
  }
}

/// Where a frame goes.
public struct FilterVerdict: Equatable {
  /// Recipients written.
  public var count: Int
  /// Whether the kernel gets the frame too, if it listens to it.
  public var toKernel: Bool
}

/// The datapath of a filter table: trivial, to be kept by the port. Valid for as long as the table is.
///
/// The hardware's rules:
/// - A unicast frame goes to the most specific filter that matches, and to nobody else. With several kinds of filter on
///   an interface the order is that of `MatchKind`. Unicast-mismatch yields the interface's own MAC to the kernel.
/// - A multicast frame goes to every interface with a matching filter, once to each, and to the kernel unless it is
///   blocked. Where the adapter does not chain multicast, only filters of the most specific kind count, and the kernel
///   takes part where its own filters do, at the MAC. Mismatch filters match what nobody else takes.
/// - Filters without a MAC match whatever the MAC; without a VLAN, whatever the VLAN. VLAN 0 matches untagged frames.
/// - An X3 has one filter act, and gives what none takes to its default queue.
public struct FilterMatcher {
  let state: UnsafeMutablePointer<FilterState>

  /// Writes the recipients of a frame. Beyond `capacity` they are left out; as many as there are interfaces suffices.
  public func match(
    _ frame: FrameKey, into recipients: UnsafeMutablePointer<FilterRecipient>, capacity: Int
  ) -> FilterVerdict {
    var output = Output(recipients: recipients, capacity: capacity)
    let kinds = state.pointee.kinds & frame.kinds
    if frame.isMulticast { return matchMulticast(frame, kinds, &output) }

    let isBlocked = state.pointee.unicastBlocks != 0
    var rest = kinds
    // The kernel has its filter on the port itself, and none on a virtual port.
    if frame.key.link & (FilterKey.macOnly | FilterKey.portOnly) == state.pointee.hardwareMAC, !isBlocked {
      rest &= ~MatchKinds.unknownUnicast
    }
    while rest != 0 {
      deliver(frame, kind: rest.trailingZeroBitCount, &output)
      if output.count != 0 { return FilterVerdict(count: output.count, toKernel: false) }
      rest &= rest &- 1
    }
    if state.pointee.defaultQueueEntry >= 0 { deliverByDefault(&output) }
    return FilterVerdict(count: output.count, toKernel: !isBlocked && !frame.isLooped)
  }

  /// Whether the kernel listens to a frame at the port itself: its own address, or a group that it has joined.
  public func isForKernel(_ frame: FrameKey) -> Bool {
    let mac = frame.key.link & FilterKey.macOnly
    return frame.isMulticast ? state.kernelListens(to: mac) : mac == state.pointee.hardwareMAC
  }

  /// The receive queue of a filter, by its hardware ID; 0, the default queue, for `FilterRecipient.noFilter`.
  public func queue(ofFilter id: UInt32) -> UInt32 {
    id == FilterRecipient.noFilter ? 0 : state.pointee.queues[Int(id)]
  }

  @inline(never)
  private func deliverByDefault(_ output: inout Output) {
    let entry = state.pointee.entries + Int(state.pointee.defaultQueueEntry)
    _ = output.add(entry.pointee.interface, FilterRecipient.noFilter, recipient: entry.pointee.recipient, state)
  }

  private func matchMulticast(_ frame: FrameKey, _ kinds: UInt32, _ output: inout Output) -> FilterVerdict {
    let isBlocked = state.pointee.multicastBlocks != 0
    let toKernel = !isBlocked && !frame.isLooped
    let isChained = state.pointee.chainsMulticast
    var rest = kinds & ~MatchKinds.unknownMulticast
    while rest != 0 {
      let kind = rest.trailingZeroBitCount
      deliver(frame, kind: kind, &output)
      if !isChained, output.count != 0 {
        return FilterVerdict(count: output.count, toKernel: toKernel && kind >= Int(MatchKind.mac.rawValue))
      }
      rest &= rest &- 1
    }
    if output.count != 0 { return FilterVerdict(count: output.count, toKernel: toKernel) }

    if state.pointee.defaultQueueEntry >= 0 { deliverByDefault(&output) }
    rest = kinds & MatchKinds.unknownMulticast
    let isOfKernel =
      !isBlocked && frame.key.link & FilterKey.portOnly == 0
      && state.kernelListens(to: frame.key.link & FilterKey.macOnly)
    guard rest != 0, !isOfKernel else { return FilterVerdict(count: output.count, toKernel: toKernel) }
    while rest != 0 {
      deliver(frame, kind: rest.trailingZeroBitCount, &output)
      if !isChained, output.count != 0 { break }
      rest &= rest &- 1
    }
    return FilterVerdict(count: output.count, toKernel: toKernel && output.count == 0)
  }

  /// One probe: adds the interfaces that have this kind of filter on the frame's fields.
  @inline(__always)
  private func deliver(_ frame: FrameKey, kind: Int, _ output: inout Output) {
    let key = frame.key.masked(state.pointee.masks[kind], kind: kind)
    guard let slot = state.find(key, hash: key.hash) else { return }
    let entries = state.pointee.entries
    var index = Int(slot.pointee.first)
    repeat {
      let entry = entries + index
      if !frame.isLooped || takes(entry, frame) {
        if output.add(entry.pointee.interface, entry.pointee.hardwareID, recipient: entry.pointee.recipient, state) {
          entry.pointee.matches &+= 1
          state.pointee.lastEntry = UInt32(truncatingIfNeeded: index)
        }
      }
      index = Int(entry.pointee.next)
    } while index >= 0
  }

  /// Whether a filter takes what this host sent itself.
  @inline(never)
  private func takes(_ entry: UnsafeMutablePointer<FilterEntry>, _ frame: FrameKey) -> Bool {
    entry.pointee.flags & FilterFlags.multicastLoopback.rawValue != 0
      && (entry.pointee.stack == 0 || entry.pointee.stack != frame.stack)
  }

  private struct Output {
    let recipients: UnsafeMutablePointer<FilterRecipient>
    let capacity: Int
    var count = 0
    /// Recipients below 63 that are in already, and whether there are others.
    var seen: UInt64 = 0

    init(recipients: UnsafeMutablePointer<FilterRecipient>, capacity: Int) {
      self.recipients = recipients
      self.capacity = capacity
    }

    /// False when the recipient is in already, or there is no room.
    @inline(__always)
    mutating func add(
      _ interface: UInt32, _ filterID: UInt32, recipient: UInt32, _ state: UnsafeMutablePointer<FilterState>
    ) -> Bool {
      if recipient < 63 {
        let bit = 1 as UInt64 &<< UInt64(recipient)
        guard seen & bit == 0 else { return false }
        seen |= bit
      } else {
        guard isNew(recipient, state) else { return false }
      }
      guard count < capacity else { return false }
      recipients[count] = FilterRecipient(interface: interface, filterID: filterID)
      count &+= 1
      return true
    }

    /// The same for recipients from 63 on, by the number of the match in which they got a copy last: one look each,
    /// however many there are.
    @inline(never)
    private mutating func isNew(_ recipient: UInt32, _ state: UnsafeMutablePointer<FilterState>) -> Bool {
      if seen >> 63 == 0 {
        seen |= 1 << 63
        state.pointee.matchNumber &+= 1
        if state.pointee.matchNumber == 0 {
          state.pointee.stamps.update(repeating: 0, count: FilterTable.recipientLimit)
          state.pointee.matchNumber = 1
        }
      }
      let number = state.pointee.matchNumber
      guard state.pointee.stamps[Int(recipient)] != number else { return false }
      state.pointee.stamps[Int(recipient)] = number
      return true
    }
  }
}
