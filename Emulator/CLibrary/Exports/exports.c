// Flags for the linker, where Swift's object files keep theirs: the dynamic library exports what is in ciul.map. The
// package cannot pass them, because packages with unsafe flags are refused as dependencies.
#define FLAGS __attribute__((section(".swift1_autolink_entries"), used)) static const char

FLAGS map[] = "-Wl,--version-script=" CIUL_EXPORTS;
// gold exports some of what the map keeps inside. The toolchain brings lld; the second flag is the one that Swift's driver
// gives to it.
FLAGS linker[] = "-fuse-ld=lld";
FLAGS sections[] = "-Wl,-z,nostart-stop-gc";
// What programs ask the dynamic linker for.
FLAGS name[] = "-Wl,-soname,libciul.so.1";
