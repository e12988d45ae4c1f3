#include "simulate_county/names/name_lists.hpp"

namespace simulate {

const std::string_view kEnglishGirls =
    "Olivia Amelia Isla Ava Emily Grace Lily Sophia Mia Poppy Ella Evie Charlotte Jessica Sophie Isabella Freya "
    "Florence "
    "Ivy Daisy Phoebe Alice Ruby Sienna Rosie Isabelle Chloe Lucy Elsie Matilda Evelyn Millie Harriet Willow Erin Eva "
    "Imogen Maisie Esme Molly Holly Georgia Scarlett Eleanor Megan Abigail Hannah Bella Thea Emma Violet Lola Rose "
    "Summer Zara Robyn Penelope Darcie Maya Elizabeth Amber Jasmine Lottie Bethany Orla Eliza Lilly Annabelle Martha "
    "Nancy Beatrice Heidi Maria Aurora Arabella Hallie Luna Lydia Niamh Victoria Gracie Francesca Mabel Leah Iris "
    "Margot Darcy Caitlin Rebecca Lara Tilly Maddison Clara Ottilie Edith Zoe Katie Lauren Skye Alexandra Naomi "
    "Tabitha "
    "Lexi Madison Ellie Paige Libby Sarah Anna Faith Amelie Hollie Nicole Laura Keira Courtney Rachel Natasha Aimee "
    "Jade Shannon Chelsea Eloise Felicity Hope Lyra Nova Winnie Ada Aria Mollie Connie Honey Pippa Delilah Flora Rosa "
    "Effie Sadie Juliet Clementine Cordelia Saffron Marnie Autumn Bonnie Kayla Demi Tia Tiana Lacey Kayleigh Ellen "
    "Kate "
    "Anya Hermione Ottoline Primrose Romilly Xanthe Tallulah Verity Zoey Mary-Jane Ella-Mae Lily-Rose Amelia-Rose "
    "Gracie-Mae Ellie-Mae Isla-Rose Ava-Mae Lexi-Mae Ruby-Mae Rose-Marie Anna-Mae";

const std::string_view kEnglishBoys =
    "Oliver George Noah Arthur Harry Leo Jack Charlie Oscar Jacob Henry Thomas Freddie Alfie Theo William Theodore "
    "Archie Joshua Alexander James Isaac Edward Lucas Tommy Finley Max Logan Ethan Teddy Benjamin Arlo Joseph "
    "Sebastian Harrison Elijah Adam Daniel Samuel Louie Mason Reuben Albie Rory Jaxon Hugo Luca Zachary Reggie Hunter "
    "Louis Dylan Albert David Jude Frankie Roman Ezra Toby Riley Carter Ronnie Frederick Gabriel Stanley Bobby Jesse "
    "Michael Elliot Grayson Jenson Ellis Harley Harvey Jayden Rowan Ralph Liam Felix Elliott Ollie Tyler Caleb Luke "
    "Blake Kai Finn Nathan Rupert Jake Matthew Ryan Cameron Connor Callum Aaron Lewis Owen Jamie Bradley Kieran Aidan "
    "Robert Christopher John Peter Andrew Mark Patrick Sean Dominic Miles Barnaby Monty Rafferty Jasper Otis Otto "
    "Sonny Jackson Austin Kayden Brodie Leon Billy Kian Corey Ben Sam Tom Joe Alex Charles Richard Edmund Hector "
    "Ludo Wilfred Ernest Sidney Vinnie Rex Kit Caspian Bertie Gus Tobias Xavier Zac Zane Kyle Jordan Declan Brandon "
    "Ashton Danny Lenny Buddy Roscoe Ruben Stefan Dexter Preston Marley Bailey Spencer Gene Duncan Alistair Angus "
    "Fraser Tyler-James Alfie-James Tommy-Lee Billy-Joe John-Paul Jay-Jay Kai-Lee";

const std::string_view kEnglishMiddleGirls =
    "Rose Grace Elizabeth May Louise Jane Anne Marie Mae Ann Victoria Charlotte Catherine Mary Margaret Alice Lily "
    "Faith Hope Jean Helen Eleanor Isabelle Emily Frances Joy Beth Lucy Ruth Sarah Olivia Sophia Florence Patricia "
    "Dorothy Susan Claire Amelia Belle Daisy Ivy Beatrice Violet Jayne Christine Matilda Eve Rae Eloise";

const std::string_view kEnglishMiddleBoys =
    "James John William David Thomas Edward George Alexander Robert Michael Peter Joseph Charles Lee Henry Paul "
    "Daniel Anthony Christopher Richard Arthur Andrew Patrick Stephen Matthew Jack Frederick Samuel Albert Alan Ian "
    "Philip Brian Kenneth Francis Mark Martin Ray Benjamin Luke Oliver Alfred Ronald Stanley Keith Roy Leonard Dean";

// Common surnames first; the tail holds names of Sussex (Akehurst, Botting, Penfold, ...).
const std::string_view kEnglishFamilies =
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green "
    "Hall Wood Jackson Clarke Harris Clark Cooper King Baker Turner Hill Martin Lee Morris Moore Ward Harrison Allen "
    "Carter Mitchell Parker Phillips Bennett Cook Shaw Young Bailey Richardson Price Watson Adams Marshall Collins Cox "
    "Palmer Mills Webb Stevens Foster Knight Holmes Barker Simpson Hunt Butler Barnes Chapman Gray Powell Rogers Ellis "
    "Matthews Pearson Mason Fisher Gibson Harvey Day Andrews Elliott West Cole Lawrence Page Carr Ford Fox Saunders "
    "Dixon Reynolds Payne Woods Hudson Ryan Burton Fletcher Hart Lane Spencer Berry Hawkins Arnold Bishop Perry Dean "
    "Carpenter Francis Newman Watts Warren Porter Hughes Edwards Lewis Scott Thomas James Austin Bird Gardner Stone "
    "Freeman Wells Barrett Hunter Hayes Lloyd Nicholls Pearce Willis Gregory Bates Tucker Wheeler Coleman Brooks "
    "Bartlett Chambers Curtis Dawson Frost Gilbert Goodwin Harding Holland Howard Hutchinson Jenkins Jennings Jordan "
    "Kemp Kent Lamb Little Lucas Marsh May Moss Neal Nelson Norman Norris North Osborne Parsons Peters Pope Potter "
    "Pritchard Reed Rees Rhodes Rice Rowe Russell Sanders Sharp Short Sims Skinner Slater Stephens Steel Sutton Todd "
    "Townsend Vincent Wade Wallis Waters Weston Wilkins Winter Yates Akehurst Ayling Banfield Botting Boxall Bridger "
    "Budgen Burchell Burtenshaw Challen Charman Cheal Collyer Coomber Dean Denyer Dowlen Duke Dumbrell Etherton "
    "Farhall "
    "Feist Field Fuller Funnell Gander Gatland Goacher Goring Greenfield Grinsted Haffenden Heasman Hoad Holder "
    "Hollands Honeysett Humphrey Ifould Isted Jupp Killick Knapp Langridge Leppard Lintott Luff Lulham Mant Marchant "
    "Marten Mitten Muggeridge Nye Oakes Packham Padwick Parrott Pelling Penfold Peskett Pescod Philcox Pilbeam Pullen "
    "Puttick Puttock Rapley Rapson Renville Roffey Sayers Scrase Shelley Shoesmith Stapley Stedman Stenning Stringer "
    "Tanner Terry Tester Tickner Tidy Towner Tribe Trussler Tupper Unsted Upperton Verrall Viney Voice Wackford "
    "Wakeham "
    "Walder Weller Wickens Willard Winton Woolven Wooldridge Woolgar Yeates";

const std::string_view kTailFirst =
    "Ash Alder Birch Black Brad Bram Brook Chad Clif Cran Crow Den Dun East Elm Fair Fern Glen Hal Hart Haw Hazel Hol "
    "Kirk Lang Lind Long Mar Mel Mid Nor Oak Pem Pen Ray Red Rush Sed Shel Stan Strat Sut Thorn Under Wal Wen West "
    "Whit "
    "Win Wood";
const std::string_view kTailSecond =
    "bourne bury by combe cott croft dale den field ford ham hurst ingham ington land leigh ley low man mere more "
    "ridge "
    "shaw side sted stead stock stone ton ward well wick wood worth worthy";

const std::string_view kIrishGirls =
    "Aoife Niamh Saoirse Caoimhe Róisín Ciara Orla Clodagh Erin Sinéad Siobhán Maeve Fiadh Éabha Gráinne Bronagh "
    "Mairéad "
    "Catriona Isla Eilidh Rhiannon Carys Seren Ffion Cerys Megan Nia Angharad Bethan Gwen Kirsty Morag Skye Ailsa";
const std::string_view kIrishBoys =
    "Conor Oisín Cillian Tadhg Fionn Seán Eoin Cian Darragh Ciarán Liam Rory Pádraig Eoghan Niall Donnacha Callum "
    "Lachlan Hamish Finlay Ewan Angus Rhys Dylan Owain Ieuan Gethin Macsen Evan Gareth Iwan Cormac Ruairí Declan";
const std::string_view kIrishFamilies =
    "Murphy Kelly O'Brien Walsh Ryan O'Connor O'Neill Byrne Doyle McCarthy Gallagher Doherty Kennedy Lynch Murray "
    "O'Sullivan Quinn Moore McLoughlin O'Carroll Connolly Daly O'Donnell Wilson Dunne Brennan Burke Collins Campbell "
    "O'Reilly MacDonald McKenzie Stewart Robertson MacLeod Fraser Cameron Ross Morrison McIntyre Duncan Sinclair "
    "Griffiths Llewellyn Morgan Owen Bowen Vaughan Pugh Prosser Howells Rees O'Hara O'Leary O'Shea Fitzgerald McGrath "
    "McDonagh O'Driscoll O'Mahony D'Arcy";

const std::string_view kTravellerGirls =
    "Margaret Mary Kathleen Bridget Chantelle Shannon Lavinia Britannia Sabrina Kizzy Cinderella Crystal Scarlett "
    "Montana Savannah Lowry-Anne Mary-Ellen Mary-Kate Annie Delilah Shakira Charity Priscilla";
const std::string_view kTravellerBoys =
    "John Paddy Michael Martin James Jimmy Thomas Johnny Miley Levi Nelson Elvis Hughie Danny Tyson Henry Righteous "
    "Jesse Moses Joby Billy-Joe Jimmy-Lee Patrick Dougie Ambrose";
const std::string_view kTravellerFamilies =
    "Smith Lee Cooper Doran Ward Connors Cash McDonagh Ripley Penfold Stanley Loveridge Buckland Hearne Boswell Price "
    "Ayres Scamp Matthews Doherty Ball O'Driscoll Maughan";

}  // namespace simulate
