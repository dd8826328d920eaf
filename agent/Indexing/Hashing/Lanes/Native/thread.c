/* Threads that give way to the others. */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lanes.h"

void ogl_give_way(int niceness, int idle)
{
    enum { THIS_THREAD = 1, BEST_EFFORT_LOWEST = 2 << 13 | 7, IDLE = 3 << 13 };

    /* Linux keeps both for each thread; neither needs a privilege in this direction, and a refusal only means the usual priority. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
    (void)syscall(SYS_ioprio_set, THIS_THREAD, 0, idle ? IDLE : BEST_EFFORT_LOWEST);
}
