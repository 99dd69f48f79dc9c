import { DeliveryGap } from './delivery.gap.js';

/** The longest gap of deliveries, each given as its time and the time when it was sent. */
const longest = (...deliveries: [at: number, sent: number][]) => {
  const gap = new DeliveryGap();
  for (const [at, sent] of deliveries) gap.delivered(at, sent);
  return gap.take();
};

describe('the gap in the delivery', () => {
  it('is zero while events arrive as they are sent, however far apart', () => {
    expect(longest([5, 0], [205, 200], [1205, 1200])).toBe(0);
  });

  it('is the time that a silence exceeds the time between the two events', () => {
    expect(longest([5, 0], [205, 200], [900, 400], [901, 600])).toBe(495);
  });

  it('counts a silence once, however many events follow at its end', () => {
    expect(longest([5, 0], [1000, 100], [1000, 200], [1000, 300])).toBe(895);
  });

  it('does not shrink when events were sent in another order than they arrived', () => {
    expect(longest([5, 10], [25, 0])).toBe(20);
  });

  it('belongs to the window in which it ends', () => {
    const gap = new DeliveryGap();
    gap.delivered(0, 0);
    expect(gap.take()).toBe(0);
    gap.delivered(300, 100);
    expect(gap.take()).toBe(200);
    gap.delivered(400, 200);
    expect(gap.take()).toBe(0);
  });

  it('does not count a time that was to be forgotten', () => {
    const gap = new DeliveryGap();
    gap.delivered(0, 0);
    gap.forget();
    gap.delivered(300, 100);
    gap.delivered(420, 200);
    expect(gap.take()).toBe(20);
  });
});
