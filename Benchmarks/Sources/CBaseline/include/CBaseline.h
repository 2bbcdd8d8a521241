#ifndef C_BASELINE_H
#define C_BASELINE_H

#include "ends.h"
#include "line.h"
#include "pair.h"

uint64_t baseline_now(void);

#endif
