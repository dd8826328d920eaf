#ifndef OGL_LANES_H
#define OGL_LANES_H

#include <stddef.h>
#include <stdint.h>

/* Bits of ogl_features. */
enum { OGL_AVX2 = 1, OGL_AVX512 = 2, OGL_SHA = 4 };

#pragma GCC visibility push(default)

/* What this CPU and its operating system can run. */
int ogl_features(void);

/* Gives the calling thread a niceness (0 to 19) and the lowest of the usual I/O priorities, or that of what only idle disks serve. */
void ogl_give_way(int niceness, int idle);

/* Takes `blocks` blocks of 64 bytes of one stream; runs everywhere. */
void ogl_md5(uint32_t state[4], const uint8_t *data, size_t blocks);

/*
 * Each takes `blocks` blocks of 64 bytes of every stream from data[stream] on. Word i of stream l's state is at [i * width + l], on
 * an address that is a multiple of 64. x16 needs AVX-512 (F, BW), x8 AVX2, ni_x8 SHA and SSE4.1.
 */
void ogl_md5_sha256_x16(uint32_t *md5, uint32_t *sha256, const uint8_t *const data[16], size_t blocks);
void ogl_sha1_x16(uint32_t *sha1, const uint8_t *const data[16], size_t blocks);
void ogl_md5_sha256_x8(uint32_t *md5, uint32_t *sha256, const uint8_t *const data[8], size_t blocks);
void ogl_sha1_x8(uint32_t *sha1, const uint8_t *const data[8], size_t blocks);
void ogl_md5_sha1_x8(uint32_t *md5, uint32_t *sha1, const uint8_t *const data[8], size_t blocks);
void ogl_sha256_ni_x8(uint32_t *sha256, const uint8_t *const data[8], size_t blocks);

#pragma GCC visibility pop

extern const uint32_t ogl_md5_constants[64];
extern const uint32_t ogl_sha256_constants[64];

#endif
