/* The yardstick of `scripts/bench intake`: a FastCGI program that reads the body and answers a constant, with libfcgi's own accept
 * loop on as many threads as a responder has. Usage: spawn-fcgi … -- constant THREADS */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

static void *serve(void *unused) {
  FCGX_Request request;
  char body[65536];
  (void)unused;
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    while (FCGX_GetStr(body, sizeof body, request.in) > 0) {}
    FCGX_PutS("Status: 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"status\":\"queued\"}", request.out);
    FCGX_Finish_r(&request);
  }
  return NULL;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 16;
  if (threads < 1 || FCGX_Init() != 0) return 1;
  for (int i = 1; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, NULL) != 0) return 1;
  }
  serve(NULL);
  return 0;
}
