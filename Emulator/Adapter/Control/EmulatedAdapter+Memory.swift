import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  private static let registerCall = "MemoryRegistration"

  public func register(
    _ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32
  ) throws(EtherFabricError) -> DMAAddress {
    let pages = Self.pages(byteCount)
    guard pages <= TranslationTable.pageCount else { throw noRoom(pages, of: TranslationTable.pageCount) }
    return try locked { state throws(EtherFabricError) in
      try fails(.memoryRegistration, Self.registerCall, &state)
      let owner = state.domains[domain]
      // Packed stream tells buffers and boundaries in them by the low bits of an address, the host's and the adapter's.
      let isPacked = owner?.flags.isDisjoint(with: InterfaceRules.packedStreamFlags) == false
      guard owner?.isPhysical != true else {
        return try registerPhysically(base, pages, needsHugePages: isPacked, &state)
      }
      let modulus = isPacked ? PackedStreamLayout.bufferSize / RingRules.pageSize : 1
      let page = Int(bitPattern: base) / RingRules.pageSize
      guard let first = state.pages.allocate(pages, congruentTo: page, modulo: modulus) else {
        throw noRoom(pages, of: TranslationTable.pageCount)
      }
      state.registrations[UInt64(first) << 12] = RegisteredMemory(
        base: base, byteCount: pages * RingRules.pageSize, domain: domain)
      port.withClaim {
        port.pointee.translation.map(firstPage: first, pageCount: pages, host: base, domain: domain)
        decideInPlace(&state)
      }
      return DMAAddress(rawValue: UInt64(first) << 12)
    }
  }

  public func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32) {
    let pages = Self.pages(byteCount)
    let first = Int(address.rawValue >> 12)
    locked { state in
      if let runs = state.busRegistrations.removeValue(forKey: address.rawValue) {
        port.withClaim { for run in runs { port.pointee.translation.bus.unmap(run) } }
        for run in runs { state.busPages.release(run.first, pageCount: run.count) }
        return
      }
      let memory = state.registrations.removeValue(forKey: address.rawValue)
      port.withClaim {
        if let now = port.pointee.inPlace, now.pointee.memory.base == memory?.base { endInPlace() }
        port.pointee.translation.unmap(firstPage: first, pageCount: pages)
        decideInPlace(&state)
      }
      state.pages.release(first, pageCount: pages)
    }
  }

  private static func pages(_ byteCount: Int) -> Int {
    byteCount / RingRules.pageSize + (byteCount % RingRules.pageSize == 0 ? 0 : 1)
  }

  public func pageAddresses(_ address: DMAAddress, byteCount: Int, domain: UInt32) -> [DMAAddress]? {
    locked { state in
      state.busRegistrations[address.rawValue].map { runs in runs.flatMap(\.addresses) }
    }
  }

  /// Memory of physical domains lies where it lies: page by page, and no page next to the one before, but for huge
  /// pages, which are whole.
  private func registerPhysically(
    _ base: UnsafeMutableRawPointer, _ pages: Int, needsHugePages: Bool, _ state: inout ControlState
  ) throws(EtherFabricError) -> DMAAddress {
    let parts = BusRun.split(base, pages: pages)
    guard !needsHugePages || parts.allSatisfy({ $0.count == BusRun.hugePage }) else {
      throw EtherFabricError(
        Self.registerCall, errno: EPROTO,
        reason: "packed stream needs buffers in one piece, and pages of 4 KiB lie anywhere in a domain like this",
        remedy: "Register huge pages, 2 MiB at a time, or leave out DomainFlags.physicalMode.")
    }
    var runs: [BusRun] = []
    // From the end, so that the addresses fall.
    for (offset, count) in parts.reversed() {
      let modulus = count == 1 ? 1 : BusRun.hugePage
      guard let first = state.busPages.allocate(count, congruentTo: 0, modulo: modulus) else {
        for run in runs { state.busPages.release(run.first, pageCount: run.count) }
        throw noRoom(pages, of: BusTable.pageCount)
      }
      runs.append(BusRun(first: first, count: count, host: base + offset << 12))
    }
    runs.reverse()
    port.withClaim { for run in runs { port.pointee.translation.bus.map(run) } }
    let address = runs[0].addresses[0]
    state.busRegistrations[address.rawValue] = runs
    return address
  }

  private func noRoom(_ pages: Int, of limit: Int) -> EtherFabricError {
    EtherFabricError(
      Self.registerCall, errno: ENOSPC, reason: "no room for \(pages) pages in the adapter's translation table",
      remedy: "Register less than \(limit * 4096 >> 30) GiB in all.")
  }

  /// Runs a control call alone.
  func locked<Result, Failure: Error>(
    _ body: (inout ControlState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(controlLock)
    defer { pthread_mutex_unlock(controlLock) }
    return try body(&control)
  }
}
