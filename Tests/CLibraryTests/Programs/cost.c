// Moves packets over the cable in bursts, with the calls that Tests/InstructionProbe makes on its mirror path in Swift:
// what they cost more is the C interface. cost BURST PACKETS
// With a burst of 0 it makes PACKETS of the cheapest call, which is the price of the gate.

#include "end.h"

#include <time.h>

enum { posted = 504 };

// Of the processor: others may be at work on the machine.
static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  static struct end sender, receiver;
  const int burst = count > 1 ? atoi(arguments[1]) : 1, packets = count > 2 ? atoi(arguments[2]) : 3200;
  uint8_t mac[6];
  CHECK(burst >= 0 && burst <= 32);
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  end_start(&receiver, "1", EF_VI_FLAGS_DEFAULT);
  const int is_ef10 = receiver.vi.nic_type.arch == EF_VI_ARCH_EF10;
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  ef_filter_spec filter;
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  TRY(ef_filter_spec_set_eth_local(&filter, EF_FILTER_VLAN_ID_ANY, mac));
  TRY(ef_vi_filter_add(&receiver.vi, receiver.handle, &filter, NULL));
  udp_frame(end_buffer(&sender, 0), mac, "192.168.1.1", "192.168.1.2", 5000, 0, 22);
  if (is_ef10) end_post(&receiver, 0, posted);

  const ef_addr from = end_address(&sender, 0), to = end_address(&receiver, 0);
  ef_event events[64];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  const double begin = seconds();
  if (burst == 0) {
    int found = 0;
    for (int i = 0; i < packets; i++) found += ef_eventq_has_event(&receiver.vi);
    printf("%.2f ns a call, %d events\n", (seconds() - begin) * 1e9 / packets, found);
    return 0;
  }
  for (int round = 0; round < packets / burst; round++) {
    for (int i = 0; i < burst; i++) TRY(ef_vi_transmit_init(&sender.vi, from, 64, i));
    ef_vi_transmit_push(&sender.vi);
    for (int sent = 0; sent < burst;) {
      int found = ef_eventq_poll(&sender.vi, events, 64);
      for (int i = 0; i < found; i++)
        if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX) sent += ef_vi_transmit_unbundle(&sender.vi, &events[i], ids);
    }
    for (int got = 0; got < burst;) {
      int found = ef_eventq_poll(&receiver.vi, events, 64);
      for (int i = 0; i < found; i++) {
        if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX) {
          int id = (int)EF_EVENT_RX_RQ_ID(events[i]);
          TRY(ef_vi_receive_init(&receiver.vi, to + (unsigned)id * end_buffer_bytes, id));
          got += 1;
        } else if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX_REF) {
          efct_vi_rxpkt_release(&receiver.vi, events[i].rx_ref.pkt_id);
          got += 1;
        }
      }
      ef_vi_receive_push(&receiver.vi);
    }
  }
  printf("%.1f ns a packet\n", (seconds() - begin) * 1e9 / (packets / burst * burst));
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
