#ifndef __EFAB_PD_H__
#define __EFAB_PD_H__

// Protection domains: what memory an interface can reach.

#include <etherfabric/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ef_pd_flags {
  EF_PD_DEFAULT = 0,
  EF_PD_VF = 0x1,               // -ENODEV
  EF_PD_PHYS_MODE = 0x2,        // DMA addresses are physical; a privilege
  EF_PD_RX_PACKED_STREAM = 0x4, // E only
  EF_PD_VPORT = 0x8,            // E only
  EF_PD_MCAST_LOOP = 0x10,      // receives the multicast that the port sends; E only
  EF_PD_MEMREG_64KiB = 0x20,    // E only
  EF_PD_IGNORE_BLACKLIST = 0x40,
  EF_PD_EXPRESS = 0x80 // X4: its express datapath
};

// No VLAN, for ef_pd_alloc_with_vport.
#define EF_PD_VLAN_NONE (-1)

// Programs provide the memory and leave the fields alone.
typedef struct ef_pd {
  enum ef_pd_flags pd_flags;
  unsigned pd_resource_id;
  char *pd_intf_name;
  // A domain of a cluster of processes.
  char *pd_cluster_name;
  int pd_cluster_sock;
  ef_driver_handle pd_cluster_dh;
  unsigned pd_cluster_viset_resource_id;
  int pd_cluster_viset_index;
} ef_pd;

// On the interface of an index, or of a name. -ENODEV: no adapter there; -EPERM: not allowed; -EOPNOTSUPP: a flag that
// it lacks; -ENOMEM; -ELIBACC: a driver of another version. A name may be a cluster's.
extern int ef_pd_alloc(ef_pd *, ef_driver_handle, int interface, enum ef_pd_flags);
extern int ef_pd_alloc_by_name(ef_pd *, ef_driver_handle, const char *name, enum ef_pd_flags);
// With a virtual port of its own. E only, otherwise -EOPNOTSUPP.
extern int ef_pd_alloc_with_vport(ef_pd *, ef_driver_handle, const char *name, enum ef_pd_flags, int vlan);

// NULL: not known.
extern const char *ef_pd_interface_name(ef_pd *);

// Interfaces and memory of the domain keep it alive in the driver.
extern int ef_pd_free(ef_pd *, ef_driver_handle);

#ifdef __cplusplus
}
#endif

#endif
