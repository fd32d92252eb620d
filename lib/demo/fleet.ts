/** A car of the demo's fleet. */
export interface Car {
  readonly model: string;
  readonly color: string;
  readonly year: number;
  readonly vin: string;
  /** Per rental day, in the currency of the account. */
  readonly dailyrate: number;
  /** Changes when the car is registered anew. */
  plate: string;
}

/** Twelve invented cars of a Dubai rental company, the most popular ones first. */
export function createFleet(): Car[] {
  return [
    car("Nissan Sunny", "white", 2023, 99, "A 10421"),
    car("Kia Pegas", "silver", 2024, 89, "B 20835"),
    car("Toyota Yaris", "red", 2023, 119, "C 31247"),
    car("Hyundai Accent", "grey", 2024, 109, "D 41658"),
    car("Mitsubishi Attrage", "blue", 2022, 95, "F 52069"),
    car("Toyota Corolla", "white", 2024, 149, "G 62471"),
    car("MG 5", "black", 2025, 129, "H 72882"),
    car("Hyundai Elantra", "white", 2024, 159, "I 83294"),
    car("Kia Sportage", "green", 2025, 229, "J 93605"),
    car("Nissan X-Trail", "grey", 2024, 249, "K 14016"),
    car("Toyota Prado", "white", 2023, 449, "L 24427"),
    car("BMW 320i", "black", 2024, 399, "M 34838"),
  ];
}

function car(model: string, color: string, year: number, dailyrate: number, plate: string): Car {
  // 17 characters, and plainly no car's real number.
  const vin = `DEMO${plate.replace(" ", "")}`.padEnd(17, "0");
  return { model, color, year, vin, dailyrate, plate };
}
