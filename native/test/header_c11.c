#include "irscale.h"
#include "irscale.h"

int32_t header_c11_version(void);
int32_t header_c11_version(void) { return IRS_ABI_VERSION; }
