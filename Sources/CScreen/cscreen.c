#include "CScreen.h"
