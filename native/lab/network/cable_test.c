/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * cable_test.c - that a bad cable is as bad as it was asked to be, and counts it.
 */
#include "cable.h"
#include "check.h"

#define DELAY 1000
#define DETOUR 250
#define MANY 10000

static const cable_rules good = {.packet_bytes = 8, .queue = MANY, .delay = DELAY, .detour = DETOUR};

static struct cable *made(cable_rules rules, uint64_t seed) {
    struct cable *cable = cable_create(&rules, seed);
    REQUIRE(cable != NULL);
    return cable;
}

/* A packet that holds its number. */
static void enter(struct cable *cable, uint64_t number, uint64_t now) {
    memcpy(cable_room(cable), &number, sizeof(number));
    cable_enter(cable, sizeof(number), now);
}

/* The number of the packet that is due now at the latest, which passes; -1 if there is none. */
static int64_t left(struct cable *cable, uint64_t now) {
    if (cable_due(cable) > now) {
        return -1;
    }
    uint32_t length;
    uint64_t number;
    const uint8_t *packet = cable_first(cable, &length);
    CHECK_EQUAL(sizeof(number), length);
    memcpy(&number, packet, sizeof(number));
    cable_leave(cable, CABLE_PASSED);
    return (int64_t) number;
}

static void should_hand_over_in_order_after_the_delay(void) {
    struct cable *cable = made(good, 1);
    CHECK(cable_due(cable) == CABLE_NEVER);
    for (uint64_t i = 0; i < 100; i++) {
        enter(cable, i, 10 + i / 3);
    }
    CHECK_EQUAL(10 + DELAY, cable_due(cable));
    CHECK_EQUAL(-1, left(cable, 9 + DELAY));
    for (int64_t i = 0; i < 100; i++) {
        CHECK_EQUAL(i, left(cable, (uint64_t) (10 + i / 3) + DELAY));
    }
    CHECK_EQUAL(-1, left(cable, CABLE_NEVER - 1));
    CHECK_EQUAL(100, cable_counted(cable)->passed);
    CHECK_EQUAL(800, cable_counted(cable)->bytes);
    CHECK_EQUAL(0, cable_counted(cable)->reordered);
    cable_destroy(cable);
}

static void should_lose_the_share_that_was_asked_for_and_the_same_packets_again(void) {
    cable_rules rules = good;
    rules.loss = 20;
    struct cable *one = made(rules, 7);
    struct cable *same = made(rules, 7);
    struct cable *other = made(rules, 8);
    for (uint64_t i = 0; i < MANY; i++) {
        enter(one, i, 0);
        enter(same, i, i);
        enter(other, i, 0);
    }
    /* Two hundred are expected; 14 are the standard deviation. */
    CHECK(cable_counted(one)->lost > 120 && cable_counted(one)->lost < 280);
    int differing = 0;
    for (uint64_t i = cable_counted(one)->lost; i < MANY; i++) {
        const int64_t number = left(one, CABLE_NEVER - 1);
        CHECK_EQUAL(number, left(same, CABLE_NEVER - 1));
        differing += number == left(other, CABLE_NEVER - 1) ? 0 : 1;
    }
    CHECK_EQUAL(cable_counted(one)->lost, cable_counted(same)->lost);
    CHECK(differing > 0);
    cable_destroy(one);
    cable_destroy(same);
    cable_destroy(other);
}

static void should_let_later_packets_pass_those_that_take_the_detour(void) {
    cable_rules rules = good;
    rules.reordering = 50;
    struct cable *cable = made(rules, 3);
    for (uint64_t i = 0; i < MANY; i++) {
        enter(cable, i, i);
    }
    uint64_t behind = 0;
    uint64_t last_due = 0;
    int64_t latest = -1;
    for (int i = 0; i < MANY; i++) {
        CHECK(cable_due(cable) >= last_due);
        last_due = cable_due(cable);
        const int64_t number = left(cable, last_due);
        CHECK(last_due == (uint64_t) number + DELAY || last_due == (uint64_t) number + DELAY + DETOUR);
        behind += number < latest ? 1 : 0;
        latest = number > latest ? number : latest;
    }
    CHECK(behind > 300 && behind < 700);
    CHECK_EQUAL(behind, cable_counted(cable)->reordered);
    CHECK_EQUAL(MANY, cable_counted(cable)->passed);
    cable_destroy(cable);
}

static void should_drop_what_the_queue_has_no_room_for(void) {
    cable_rules rules = good;
    rules.queue = 3;
    struct cable *cable = made(rules, 1);
    for (uint64_t i = 0; i < 5; i++) {
        enter(cable, i, 0);
    }
    CHECK_EQUAL(2, cable_counted(cable)->dropped);
    CHECK_EQUAL(0, left(cable, DELAY));
    enter(cable, 5, 0);
    enter(cable, 6, 0);
    CHECK_EQUAL(3, cable_counted(cable)->dropped);
    CHECK_EQUAL(1, left(cable, DELAY));
    CHECK_EQUAL(2, left(cable, DELAY));
    CHECK_EQUAL(5, left(cable, DELAY));
    CHECK_EQUAL(-1, left(cable, DELAY));
    cable_destroy(cable);
}

static void should_count_what_does_not_pass_and_go_on_with_the_same_chances(void) {
    cable_rules rules = good;
    rules.loss = 100;
    struct cable *whole = made(rules, 5);
    struct cable *cut = made(rules, 5);
    for (uint64_t i = 0; i < 1000; i++) {
        enter(whole, i, i);
        if (i < 400) {
            cable_enter_cut(cut);
        } else {
            enter(cut, i, i);
        }
    }
    CHECK_EQUAL(400, cable_counted(cut)->cut);
    int64_t number = 0;
    while (number < 400) {
        number = left(whole, CABLE_NEVER - 1);
    }
    for (; number >= 0; number = left(whole, CABLE_NEVER - 1)) {
        CHECK_EQUAL(number, left(cut, CABLE_NEVER - 1));
    }
    enter(cut, 1000, 0);
    enter(cut, 1001, 0);
    enter(cut, 1002, 0);
    REQUIRE(cable_due(cut) != CABLE_NEVER);
    cable_leave(cut, CABLE_CUT);
    CHECK_EQUAL(401, cable_counted(cut)->cut);
    REQUIRE(cable_due(cut) != CABLE_NEVER);
    cable_leave(cut, CABLE_DROPPED);
    CHECK_EQUAL(1, cable_counted(cut)->dropped);
    cable_destroy(whole);
    cable_destroy(cut);
}

int main(int arguments, char **argument) {
    const test_case cases[] = {
        CASE(should_hand_over_in_order_after_the_delay),
        CASE(should_lose_the_share_that_was_asked_for_and_the_same_packets_again),
        CASE(should_let_later_packets_pass_those_that_take_the_detour),
        CASE(should_drop_what_the_queue_has_no_room_for),
        CASE(should_count_what_does_not_pass_and_go_on_with_the_same_chances),
    };
    return RUN_CASES(cases, arguments, argument);
}
