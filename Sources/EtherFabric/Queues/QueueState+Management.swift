import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Management (MCDI) events: software events, resets, errors, and the time syncs that give no event.
  func management(_ word: ManagementEventWord, _ output: UnsafeMutablePointer<Event>) -> Int {
    switch word.kind {
    case ManagementEventWord.Kind.software:
      output.pointee = .software(data: word.data)
    case ManagementEventWord.Kind.reboot:
      output.pointee = .reset
    case ManagementEventWord.Kind.transmitError:
      output.pointee = .transmitError(queue: UInt8(word.data & 0x1f), code: UInt16(truncatingIfNeeded: word.data >> 16))
    case ManagementEventWord.Kind.receiveError:
      output.pointee = .receiveError(queue: UInt8(word.data & 0x1f), code: UInt16(truncatingIfNeeded: word.data >> 16))
    case ManagementEventWord.Kind.timeSync:
      pointee.counts.timeSyncs &+= 1
      pointee.syncSeconds = word.data
      pointee.syncMinor = word.syncMinor(pointee.timestampFormat)
      let flags: UInt8 = (word.clockSet ? 1 : 0) | (word.inSync ? 2 : 0)
      pointee.syncFlags = pointee.reportsClockState ? flags : 3
      pointee.isSynchronised = true
      pointee.hasSynchronised = true
      return 0
    case ManagementEventWord.Kind.transmitFlush, ManagementEventWord.Kind.receiveFlush:
      return 0
    default:
      pointee.counts.unknown &+= 1
      return 0
    }
    return 1
  }

  /// Driver events, and codes that mean nothing. None gives an event.
  @inline(never)
  func unusual(_ word: EventWord) {
    typealias Kind = ManagementEventWord.DriverKind
    guard word.code == EventWord.Code.driver else {
      pointee.counts.unknown &+= 1
      return
    }
    switch ManagementEventWord(word: word.word).driverSubcode {
    case Kind.startUp: break
    case Kind.timer: pointee.counts.timers &+= 1
    case Kind.wakeUp: pointee.counts.wakeUps &+= 1
    default: pointee.counts.unknown &+= 1
    }
  }
}
