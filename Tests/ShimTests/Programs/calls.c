// What a C program compiles to, for a comparison with calls.swift.

#include <etherfabric/ef_vi.h>

int c_transmit(ef_vi *vi, ef_addr address, int length, ef_request_id id) {
  return ef_vi_transmit(vi, address, length, id);
}
void c_transmit_push(ef_vi *vi) { ef_vi_transmit_push(vi); }
int c_receive_init(ef_vi *vi, ef_addr address, ef_request_id id) { return ef_vi_receive_init(vi, address, id); }
void c_receive_push(ef_vi *vi) { ef_vi_receive_push(vi); }
int c_poll(ef_vi *vi, ef_event *events, int room) { return ef_eventq_poll(vi, events, room); }
int c_has_event(ef_vi *vi) { return ef_eventq_has_event(vi); }
int c_transmit_space(const ef_vi *vi) { return ef_vi_transmit_space(vi); }
int c_receive_fill(const ef_vi *vi) { return ef_vi_receive_fill_level(vi); }
unsigned c_event_type(const ef_event *event) { return EF_EVENT_TYPE(*event); }
unsigned c_event_bytes(const ef_event *event) { return EF_EVENT_RX_BYTES(*event); }
unsigned c_event_fraction(const ef_event *event) { return EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(*event); }
int c_loop(ef_vi *vi, ef_addr address, int count) {
  int id = 0;
  while (id < count && ef_vi_transmit(vi, address, 64, id) == 0) id++;
  return id;
}
