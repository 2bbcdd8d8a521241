import CiulHeaders

/// `ops` of `ef_vi`: what macros of the C headers call. The same for every adapter, which the interface itself tells
/// apart, and for interfaces that have been freed, which the calls refuse.
enum Operations {
  static let table = ops(
    transmit: transmit,
    transmitv: transmitVector,
    transmitv_init: transmitVectorInit,
    transmit_push: transmitPush,
    transmit_pio: transmitPIO,
    transmit_copy_pio: transmitCopyPIO,
    start_transmit_warm: startTransmitWarm,
    stop_transmit_warm: stopTransmitWarm,
    transmit_pio_warm: transmitPIOWarm,
    transmit_copy_pio_warm: transmitCopyPIOWarm,
    transmitv_ctpio: transmitCutThrough,
    transmitv_ctpio_copy: transmitCutThroughCopy,
    transmit_alt_select: selectAlternative,
    transmit_alt_select_default: selectNormalTransmit,
    transmit_alt_stop: stopAlternative,
    transmit_alt_go: goAlternative,
    receive_set_discards: setDiscards,
    receive_get_discards: discards,
    transmit_alt_discard: discardAlternative,
    receive_init: receiveInit,
    receive_push: receivePush,
    receive_get_timestamp: receiveTimestamp,
    eventq_poll: poll,
    eventq_prime: prime,
    eventq_timer_prime: primeTimer,
    eventq_timer_run: runTimer,
    eventq_timer_clear: clearTimer,
    eventq_timer_zero: zeroTimer,
    eventq_has_event: hasEvent,
    eventq_has_many_events: hasManyEvents,
    transmit_ctpio_fallback: transmitFallback,
    transmitv_ctpio_fallback: transmitVectorFallback,
    receive_poll: receivePoll,
    receive_get_filter_id: filterID,
    future_eventq_poll: pollFuture)
}
