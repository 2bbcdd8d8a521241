import CEtherFabric
import Glibc

// What libciul returns, as typed errors. Its calls return 0 or a negative errno; those that do not:
//
// - `ef_driver_close`: -1, with the reason in errno (HardwareBackend).
// - `ef_receive_get_timestamp`: -1 for every reason. Not called: `ef_vi_receive_get_precise_timestamp` tells.
// - `ef_eventq_wait` on X3 and X4: 0 at the time-out too, -1 on failure, and a time-out of zero waits for ever. Not
//   called: `wait` polls the handle itself.
// - `ef_vi_mtu`: 0 on failure.
//
// Calls that do harm where others refuse:
//
// - `ef_eventq_timer_prime` and `ef_eventq_timer_run` divide by `timer_quantum_ns`, which no driver sets: by zero.
// - `ef_vi_get_pio_size` reads through a null pointer where no buffer is linked.
// - `ef_vi_receive_get_discards` and `ef_receive_poll` are null pointers on AF_XDP, which this backend does not open.
// - `ef_vi_receive_get_bytes`, `ef_pio_memcpy`, `ef_eventq_put`, `ef_vi_receive_query_layout`, `ef_vi_stats_query`: assert
//   what they could refuse, and only in debug builds of libciul.
// - `efct_vi_rxpkt_get` and `efct_vi_rxpkt_release` believe every id (HardwareFrames).
// - `ef_vi_transmit_unbundle` and `ef_vi_receive_unbundle` believe every event (QueueState+HardwareEvents).
//
// Calls that clear nothing: `ef_filter_spec_init` leaves `data` as it was; `ef_vi_alloc_from_pd` counts on fields that
// are zero already. Both get zeroed memory. `ef_memreg_free`, `ef_vi_set_free` and `ef_pd_free` forget what the library
// knows and leave the driver's part until the handle is closed: each has a handle of its own, which is closed with it.
// `ef_vi_flush` stops the rings and keeps the ids, which `reinitializeTransmitQueue` returns.

extension QueueError {
  /// A refused send.
  @usableFromInline @inline(never)
  init(transmit result: Int32, _ interface: UnsafeMutablePointer<ef_vi>, wanted: Int = 1) {
    switch -result {
    case EAGAIN where ciul_ef_vi_transmit_capacity(interface) <= 0:
      // A ring of no descriptors is always full.
      self.init(.noQueue)
    case EAGAIN:
      self.init(.ringFull, value: UInt64(wanted), limit: UInt64(max(0, ciul_ef_vi_transmit_space(interface))))
    case EOPNOTSUPP: self.init(.unsupported)
    case ENOSYS: self.init(.notImplemented)
    case EFAULT: self.init(.addressOutOfRange)
    case ESHUTDOWN: self.init(.queueStopped)
    case EMSGSIZE: self.init(.lengthOutOfRange, value: UInt64(wanted))
    default:
      self.init(.badVector, value: UInt64(wanted), limit: UInt64(max(0, ciul_ef_vi_transmit_capacity(interface))))
    }
  }

  /// A refused receive buffer.
  @usableFromInline @inline(never)
  init(receive result: Int32, _ interface: UnsafeMutablePointer<ef_vi>, _ address: UInt64) {
    switch -result {
    case EAGAIN where ciul_ef_vi_receive_capacity(interface) <= 0: self.init(.noQueue)
    case EAGAIN: self.init(.ringFull, value: 1, limit: UInt64(max(0, ciul_ef_vi_receive_space(interface))))
    case ENOSYS: self.init(.notImplemented)
    case EOPNOTSUPP: self.init(.unsupported)
    case EINVAL where interface.pointee.vi_is_packed_stream != 0:
      self.init(.unalignedBuffer, value: address, limit: UInt64(interface.pointee.vi_ps_buf_size))
    default: self.init(.addressOutOfRange, value: address)
    }
  }

  /// A refused call about PIO, alternatives, filter ids: `invalid` is what `EINVAL` means there.
  init(_ result: Int32, invalid: Kind, value: Int = 0, limit: Int = 0) {
    switch -result {
    case EAGAIN: self.init(.ringFull, value: 1, limit: 0)
    case EOPNOTSUPP: self.init(.unsupported)
    case ENOSYS: self.init(.notImplemented)
    case ENODATA: self.init(.noFilter)
    default: self.init(invalid, value: UInt64(bitPattern: Int64(value)), limit: UInt64(max(0, limit)))
    }
  }
}

extension TimestampError {
  /// `-EL2NSYNC` stands for a stale sync, and for none so far: libciul does not tell them apart.
  init(_ result: Int32) {
    switch -result {
    case EL2NSYNC: self = .notSynchronised
    case ENOMSG: self = .neverSynchronised
    default: self = .noTimestamp
    }
  }
}
