/* Called as a program: gives its standard streams, directory, environment and arguments to the process that
   has the program loaded, and ends as that says. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

static void tell(FILE *answering, const char *text) {
    fputs(text, answering);
    fputc('\0', answering);
}

int main(int count, char **words) {
    int caller = socket(AF_UNIX, SOCK_STREAM, 0), streams[] = {0, 1, 2};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ADDRESS};
    if (connect(caller, (struct sockaddr *)&address, sizeof address)) {
        perror(ADDRESS);
        return 1;
    }
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof streams)]; } given = {0};
    struct iovec dot = {.iov_base = ".", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &dot, .msg_iovlen = 1, .msg_control = &given, .msg_controllen = sizeof given.room};
    given.head.cmsg_level = SOL_SOCKET;
    given.head.cmsg_type = SCM_RIGHTS;
    given.head.cmsg_len = CMSG_LEN(sizeof streams);
    memcpy(CMSG_DATA(&given.head), streams, sizeof streams);
    char place[PATH_MAX];
    FILE *answering = fdopen(caller, "w");
    if (sendmsg(caller, &message, 0) != 1 || !getcwd(place, sizeof place)) {
        perror(words[0]);
        return 1;
    }
    tell(answering, place);
    for (char **each = environ; *each; each++) tell(answering, *each);
    tell(answering, "");
    for (int number = 0; number < count; number++) tell(answering, words[number]);
    fflush(answering);
    shutdown(caller, SHUT_WR);
    unsigned char code = 1;
    if (read(caller, &code, 1) != 1) fputs("the program was not answered\n", stderr);
    return code;
}
