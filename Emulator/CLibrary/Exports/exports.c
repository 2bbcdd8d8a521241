// Flags for the linker of the dynamic library, where Swift's object files keep theirs. The package cannot pass them:
// packages with unsafe flags are refused as dependencies. Not as variables, which a sanitizer would pad.
#define FLAG(text) __asm__(".pushsection .swift1_autolink_entries, \"e\"\n.asciz \"" text "\"\n.popsection");

// It exports the functions of api.tsv and nothing else, so that it can be loaded beside the same Swift modules.
FLAG("-Wl,--version-script=" CIUL_EXPORTS)
// gold exports some of what the map keeps inside. The toolchain brings lld; the second flag is the one that Swift's driver
// gives to it.
FLAG("-fuse-ld=lld")
FLAG("-Wl,-z,nostart-stop-gc")
// What programs ask the dynamic linker for.
FLAG("-Wl,-soname,libciul.so.1")
// Swift's runtime keeps pointers into every library with Swift code: dlclose must leave it where it is.
FLAG("-Wl,-z,nodelete")
