#pragma once

// Linking this target makes `emu:` devices exist. Whoever is a static library calls this, so that the linker takes the
// object in: not 0.
int efvi_emulator_is_registered(void);
