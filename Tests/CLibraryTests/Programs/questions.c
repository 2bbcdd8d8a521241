// What needs no traffic: versions, capabilities, names, filters' setters, checksums.

#include "end.h"

int main(void) {
  struct end end;
  unsigned long value;
  CHECK(strstr(ef_vi_version_str(), "emulated") && ef_vi_driver_interface_str()[0]);
  CHECK(ef_vi_capabilities_max() == 57);
  for (int i = 0; i <= 57; i++) CHECK(strcmp(ef_vi_capabilities_name((enum ef_vi_capability)i), "Unknown") != 0);
  end_open(&end, "1", EF_PD_DEFAULT);
  CHECK(strcmp(ef_pd_interface_name(&end.pd), "1") == 0);
  TRY(ef_vi_capabilities_get(end.handle, 1, EF_VI_CAP_TXQ_SIZES, &value));
  CHECK(value & 512);
  TRY(ef_vi_capabilities_get(end.handle, 1, EF_VI_CAP_HW_MULTICAST_REPLICATION, &value));
  CHECK(value == 1);
  TRY(ef_pd_capabilities_get(end.handle, &end.pd, end.handle, EF_VI_CAP_RXQ_SIZES, &value));
  TRY(ef_vi_capabilities_get_from_pd_flags(end.handle, 1, EF_PD_DEFAULT, EF_VI_CAP_EVQ_SIZES, &value));
  CHECK(ef_vi_capabilities_get(end.handle, 1, EF_VI_CAP_NIC_PACE, &value) == -EOPNOTSUPP);
  CHECK(ef_vi_capabilities_get(end.handle, 1, EF_VI_CAP_RX_FILTER_TYPE_SNIFF, &value) == -ENOSYS);

  ef_filter_spec filter;
  struct in6_addr local, remote;
  inet_pton(AF_INET6, "2001:db8::1", &local);
  inet_pton(AF_INET6, "2001:db8::2", &remote);
#define FRESH ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE)
  FRESH;
  TRY(ef_filter_spec_set_ip4_full(&filter, IPPROTO_TCP, inet_addr("10.0.0.1"), htons(80), inet_addr("10.0.0.2"), htons(81)));
  TRY(ef_filter_spec_set_vlan(&filter, 5));
  CHECK(ef_filter_spec_set_vlan(&filter, 5) == -EPROTONOSUPPORT);
  FRESH;
  // No remote address is the local call.
  TRY(ef_filter_spec_set_ip4_full(&filter, IPPROTO_TCP, inet_addr("10.0.0.1"), htons(80), 0, htons(81)));
  FRESH;
  TRY(ef_filter_spec_set_ip6_local(&filter, IPPROTO_UDP, &local, htons(80)));
  FRESH;
  TRY(ef_filter_spec_set_ip6_full(&filter, IPPROTO_UDP, &local, htons(80), &remote, htons(81)));
  FRESH;
  TRY(ef_filter_spec_set_eth_local(&filter, EF_FILTER_VLAN_ID_ANY, "\2\0\0\0\0\1"));
  TRY(ef_filter_spec_set_eth_type(&filter, htons(0x88b5)));
  FRESH;
  TRY(ef_filter_spec_set_eth_local(&filter, 7, "\2\0\0\0\0\1"));
  TRY(ef_filter_spec_set_ip_proto(&filter, 1));
  FRESH, TRY(ef_filter_spec_set_unicast_all(&filter));
  CHECK(ef_filter_spec_set_multicast_all(&filter) == -EPROTONOSUPPORT);
  FRESH, TRY(ef_filter_spec_set_multicast_all(&filter));
  FRESH, TRY(ef_filter_spec_set_unicast_mismatch(&filter));
  FRESH, TRY(ef_filter_spec_set_multicast_mismatch(&filter));
  FRESH, TRY(ef_filter_spec_set_port_sniff(&filter, 1));
  FRESH, TRY(ef_filter_spec_set_tx_port_sniff(&filter));
  FRESH, TRY(ef_filter_spec_set_block_kernel(&filter));
  FRESH, TRY(ef_filter_spec_set_block_kernel_unicast(&filter));
  FRESH, TRY(ef_filter_spec_set_block_kernel_multicast(&filter));
  FRESH, TRY(ef_filter_spec_set_dest(&filter, 3, 0));
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_EXCLUSIVE_RXQ);
  CHECK(ef_filter_spec_set_dest(&filter, 0, 0) == -EINVAL);

  static uint8_t frame[256], mac[6];
  const int length = udp_frame(frame, mac, "10.0.0.1", "10.0.0.2", 5000, 3, 64);
  struct iphdr ip;
  struct udphdr udp;
  memcpy(&ip, frame + 14, sizeof ip);
  memcpy(&udp, frame + 34, sizeof udp);
  CHECK(ef_udp_checksum_ipx_is_correct(AF_INET, &ip, &udp, frame + 42, (size_t)length - 42) == 1);
  frame[60] ^= 4;
  CHECK(ef_udp_checksum_ipx_is_correct(AF_INET, &ip, &udp, frame + 42, (size_t)length - 42) == 0);
  CHECK(ef_ip_checksum(&ip) == ip.check);
  TRY(ef_pd_free(&end.pd, end.handle));
  CHECK(ef_pd_free(&end.pd, end.handle) == -EINVAL);
  CHECK(ef_driver_close(end.handle) == 0);
  printf("answered\n");
  return 0;
}
