#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Linking this target makes `emu:` devices exist. Out of a static library a linker takes only what is asked for: a
// program that has the target in one calls this, as often as it likes.
void efvi_emulator_register(void);

#ifdef __cplusplus
}
#endif
