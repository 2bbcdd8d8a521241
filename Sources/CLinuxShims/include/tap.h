#pragma once

// TAP interfaces. All return 0 or more, or a negative errno.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int tap_request(int fd, unsigned long number, const char *name, struct ifreq *request) {
  size_t length = strlen(name);
  if (length >= IFNAMSIZ) return -ENAMETOOLONG;
  memcpy(request->ifr_name, name, length + 1);
  return ioctl(fd, number, request) < 0 ? -errno : 0;
}

// Makes an interface, or takes one that was made to stay. Its frames come without any header in front.
static inline int tap_open(const char *name) {
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  int result = tap_request(fd, TUNSETIFF, name, &request);
  // Whole checksums, no frames above the MTU: also where the interface was somebody else's before.
  if (result == 0 && ioctl(fd, TUNSETOFFLOAD, 0) < 0) result = -errno;
  if (result == 0) return fd;
  close(fd);
  return result;
}

// A socket for the calls below, of the network that the calling thread is in.
static inline int tap_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd < 0 ? -errno : fd;
}

static inline int tap_index(int fd, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = tap_request(fd, SIOCGIFINDEX, name, &request);
  return result < 0 ? result : request.ifr_ifindex;
}

static inline int tap_flags(int fd, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = tap_request(fd, SIOCGIFFLAGS, name, &request);
  return result < 0 ? result : (uint16_t)request.ifr_flags;
}

static inline int tap_mtu(int fd, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = tap_request(fd, SIOCGIFMTU, name, &request);
  return result < 0 ? result : request.ifr_mtu;
}

static inline int tap_set_mtu(int fd, const char *name, int mtu) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_mtu = mtu;
  return tap_request(fd, SIOCSIFMTU, name, &request);
}

// Frames that wait for a reader.
static inline int tap_set_queue(int fd, const char *name, int frames) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_qlen = frames;
  return tap_request(fd, SIOCSIFTXQLEN, name, &request);
}

static inline int tap_up(int fd, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = tap_request(fd, SIOCGIFFLAGS, name, &request);
  if (result < 0 || request.ifr_flags & IFF_UP) return result;
  request.ifr_flags |= IFF_UP;
  return tap_request(fd, SIOCSIFFLAGS, name, &request);
}

// An IPv4 address in network order, and how many bits of it are the network's.
static inline int tap_set_address(int fd, const char *name, uint32_t address, int bits) {
  struct ifreq request;
  struct sockaddr_in *value = (struct sockaddr_in *)&request.ifr_addr;
  memset(&request, 0, sizeof request);
  value->sin_family = AF_INET;
  value->sin_addr.s_addr = address;
  int result = tap_request(fd, SIOCSIFADDR, name, &request);
  if (result < 0) return result;
  value->sin_family = AF_INET;
  value->sin_addr.s_addr = bits == 0 ? 0 : htonl(~0u << (32 - bits));
  return tap_request(fd, SIOCSIFNETMASK, name, &request);
}

// A netlink socket of the network that the calling thread is in.
static inline int tap_statistics_socket(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  return fd < 0 ? -errno : fd;
}

// Frames that an interface could not hand to its reader, since it was made.
static inline int64_t tap_dropped(int fd, int index) {
  struct { struct nlmsghdr header; struct ifinfomsg link; } question;
  memset(&question, 0, sizeof question);
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = RTM_GETLINK;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.link.ifi_index = index;
  if (send(fd, &question, sizeof question, 0) < 0) return -errno;
  union { char bytes[16384]; struct nlmsghdr header; } answer;
  ssize_t got = recv(fd, &answer, sizeof answer, 0);
  if (got < 0) return -errno;
  if (!NLMSG_OK(&answer.header, (size_t)got) || answer.header.nlmsg_type != RTM_NEWLINK) return -ENODEV;
  struct ifinfomsg *link = (struct ifinfomsg *)NLMSG_DATA(&answer.header);
  int left = (int)IFLA_PAYLOAD(&answer.header);
  for (struct rtattr *part = IFLA_RTA(link); RTA_OK(part, left); part = RTA_NEXT(part, left)) {
    struct rtnl_link_stats64 statistics;
    size_t size = RTA_PAYLOAD(part);
    if (part->rta_type != IFLA_STATS64 || size < offsetof(struct rtnl_link_stats64, collisions)) continue;
    memset(&statistics, 0, sizeof statistics);
    memcpy(&statistics, RTA_DATA(part), size < sizeof statistics ? size : sizeof statistics);
    return (int64_t)statistics.tx_dropped;
  }
  return -ENODATA;
}
