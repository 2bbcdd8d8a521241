// ping_pong FIRST SECOND COUNT: a thread on each interface; a frame goes to and fro between them.

#include "receive.h"

#include <pthread.h>

static int rounds;

struct player {
  struct end end;
  const char *interface, *address, *other;
  uint8_t mac[6], to[6];
  int serves, last;
};

static void take(void *context, const char *frame, int length) {
  struct player *player = (struct player *)context;
  CHECK(length == 106 && frame_number(frame) == player->last + 1);
  player->last = frame_number(frame);
}

static void send_number(struct player *player, int number) {
  const int length =
    udp_frame(end_buffer(&player->end, 510), player->to, player->address, player->other, 7000, number, 64);
  TRY(ef_vi_transmit(&player->end.vi, end_address(&player->end, 510), length, 510));
}

static void *play(void *argument) {
  struct player *player = (struct player *)argument;
  if (player->serves) send_number(player, 0), player->last = 0;
  while (player->last < 2 * rounds) {
    if (receive(&player->end, take, player) == 0) continue;
    if (player->last < 2 * rounds) send_number(player, ++player->last);
  }
  return NULL;
}

int main(int count, char **arguments) {
  static struct player players[2];
  pthread_t threads[2];
  CHECK(count == 4);
  rounds = atoi(arguments[3]);
  for (int i = 0; i < 2; i++) {
    players[i].interface = arguments[1 + i];
    players[i].address = i ? "10.9.0.2" : "10.9.0.1";
    players[i].other = i ? "10.9.0.1" : "10.9.0.2";
    players[i].serves = i == 0;
    players[i].last = -1;
    end_start(&players[i].end, players[i].interface, EF_VI_FLAGS_DEFAULT);
    receive_start(&players[i].end);
    end_filter(&players[i].end, players[i].address, 7000);
    TRY(ef_vi_get_mac(&players[i].end.vi, players[i].end.handle, players[i].mac));
  }
  memcpy(players[0].to, players[1].mac, 6);
  memcpy(players[1].to, players[0].mac, 6);
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, play, &players[i]) == 0);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  printf("%d rounds\n", rounds);
  for (int i = 0; i < 2; i++) end_stop(&players[i].end);
  return 0;
}
