#include "simulate_county/names/name_lists.hpp"

namespace simulate {

const std::string_view kGujaratiGirls =
    "Anaya Diya Aadhya Riya Isha Krisha Aanya Jiya Kavya Dhruvi Mahi Nisha Pooja Hetal Krupa Aarohi Mira Tanvi Shreya "
    "Priya Ishani Zeel";
const std::string_view kGujaratiBoys =
    "Aarav Dev Vivaan Arjun Krish Jay Rohan Yash Dhruv Dhyan Aryan Veer Om Neel Shiv Kush Harsh Mihir Parth Rishi "
    "Nikhil Kunal";
const std::string_view kGujaratiFamilies =
    "Patel Shah Mistry Desai Solanki Parmar Chauhan Joshi Mehta Trivedi Bhatt Modi Vaghela Rathod Makwana Tailor "
    "Panchal Thakkar Gohil Dave";

const std::string_view kSikhGirls =
    "Simran Jasleen Harleen Gurleen Anaya Mehar Kiran Avneet Jasmine Ravneet Manpreet Navdeep Harpreet Sukhmani Amrit "
    "Prabhleen Rajvir Tavleen";
const std::string_view kSikhBoys =
    "Arjan Jaskaran Gurpreet Harpreet Manpreet Jasdeep Sahib Amar Karan Ranveer Angad Fateh Gurdeep Harman Rajvir "
    "Jovan "
    "Zorawar Amrit";
const std::string_view kSikhFamilies =
    "Singh Gill Dhillon Sandhu Sidhu Grewal Dhaliwal Bains Johal Sohal Virk Atwal Mann Sahota Rai Uppal Bhogal Sangha";

const std::string_view kMalayaliGirls =
    "Anna Maria Angela Diya Neha Aleena Riya Ann-Maria Evelyn Jewel Sneha Merin Teresa Elsa Helen Hannah Christina";
const std::string_view kMalayaliBoys =
    "Joel Alan Jerin Kevin Ryan Emmanuel Aaron Abel Basil Jacob Johan Melvin Nevin Rohit Tijo Adithya Gokul";
const std::string_view kMalayaliFamilies =
    "Thomas Joseph Mathew George Varghese Kurian Jacob Philip Abraham Chacko Paul Sebastian Nair Menon Pillai John "
    "Antony Cherian Kuriakose Xavier";

const std::string_view kPakistaniGirls =
    "Fatima Ayesha Maryam Zainab Aisha Hafsa Zara Amina Khadija Sana Inaya Hiba Noor Iqra Mahnoor Sumaiya Alishba "
    "Anaya "
    "Hania Rabia Zoya Saira Bushra Minahil";
const std::string_view kPakistaniBoys =
    "Muhammad Mohammed Ali Ibrahim Yusuf Hamza Hassan Abdullah Zain Ahmed Musa Umar Ismail Bilal Haris Rayyan Usman "
    "Ayaan Zayn Mohammad Mustafa Imran Adil Shahzaib Danyal Muhammad-Ali";
const std::string_view kPakistaniFamilies =
    "Khan Hussain Ahmed Ali Mahmood Akhtar Malik Iqbal Mirza Shah Butt Chaudhry Qureshi Sheikh Raja Rehman Aslam "
    "Hussein "
    "Mahmud Bibi Begum Ashraf Javed Nawaz Bhatti Siddiqui Abbasi Rashid";

const std::string_view kBengaliGirls =
    "Aisha Fatima Maryam Tasnim Nusrat Zara Sumaiya Anika Maisha Jannat Afia Rahima Nadia Tahmina Sabiha Farhana "
    "Mahima Samira";
const std::string_view kBengaliBoys =
    "Mohammed Muhammad Md Ibrahim Yusuf Rayhan Abdul Tahmid Zayan Nabil Adnan Rafi Shahid Imtiaz Tanvir Mahdi Sami "
    "Mohammed-Yusuf Fahim";
const std::string_view kBengaliFamilies =
    "Rahman Begum Khatun Islam Ahmed Hussain Miah Uddin Ali Chowdhury Khanom Alam Hoque Haque Choudhury Karim Hossain "
    "Sultana Aktar Khan Kamal Malik";

const std::string_view kTamilGirls =
    "Abirami Kavisha Thanusha Nila Janani Dhivya Kaviya Aarabi Sahana Yalini Harini Abinaya Maathumai Luxmi Vaishnavi";
const std::string_view kTamilBoys =
    "Aathavan Kavin Ashwin Thanush Sanjay Pranav Kishan Nitharsan Vithun Ragul Saiyan Harish Akshayan Gowtham Vishnu";
const std::string_view kTamilFamilies =
    "Sivakumar Selvarajah Thavarajah Rajaratnam Nadarajah Kandasamy Yogeswaran Sritharan Balasubramaniam "
    "Ravindran Kumarasamy Thirunavukkarasu Jeyakumar Mahendran Vigneswaran Paramanathan";

const std::string_view kNepaliGirls =
    "Aarohi Anushka Prisha Sneha Aayusha Pratiksha Bipasha Samiksha Nisha Asmita Kripa Sujata";
const std::string_view kNepaliBoys = "Aarav Bibek Prabin Sujan Roshan Kiran Suraj Nischal Aayush Bishal Samir Pranish";
const std::string_view kNepaliFamilies =
    "Gurung Rai Limbu Thapa Tamang Magar Shrestha Pun KC Sherpa Adhikari Chhetri Ghale";

const std::string_view kFilipinoGirls =
    "Althea Angel Princess Samantha Francine Nathalie Sophia Andrea Jasmine Mary-Grace Czarina Rhian Maria-Teresa "
    "Jillian";
const std::string_view kFilipinoBoys =
    "Nathaniel James Gabriel Jacob Joshua Angelo John-Paul Miguel Prince Ethan Rafael Jericho John-Mark Christian";
const std::string_view kFilipinoFamilies =
    "Santos Reyes Cruz Bautista Ocampo Garcia Mendoza Torres Tomas Andrada Castillo Flores Villanueva Ramos Castro "
    "dela_Cruz Aquino Pascual Dizon Macaraeg";

const std::string_view kChineseGirls =
    "Xinyi Zihan Yutong Yuxuan Xiaoli Meiling Wing-Yan Hoi-Ching Ka-Yan Emily Cherry Jia Lok-Yiu Tsz-Ching Mei Xin";
const std::string_view kChineseBoys =
    "Haoran Zihao Yuhang Junjie Ka-Ho Chun-Hei Lok-Hin Tsz-Hin Wei Ming Jason Anson Hao Jun Yat-Long Ho-Yin";
const std::string_view kChineseFamilies =
    "Chan Wong Lee Cheung Lam Chen Li Wang Zhang Liu Ng Ho Leung Yeung Chow Tang Lau Huang Zhao Wu Yip Kwok Xu Tsang";

const std::string_view kVietnameseGirls = "Linh Anh Mai Thảo Ngọc Hà Trang Phương Lan Vy Quỳnh Thu Hương";
const std::string_view kVietnameseBoys = "Minh Huy Khang Bảo Đức Tuấn Long Hoàng Nam Quang Dũng Hiếu Phúc";
const std::string_view kVietnameseFamilies = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương";

const std::string_view kArabicGirls =
    "Mariam Fatima Sara Layla Noor Aya Yasmin Salma Zainab Hala Rania Amira Huda Dalia Rahaf Reem Jana Malak Rawan";
const std::string_view kArabicBoys =
    "Mohamed Ahmed Omar Youssef Ali Adam Mahmoud Abdelrahman Khaled Yassin Hassan Ibrahim Mustafa Karim Anas Tariq "
    "Mohammed Yousef Abdullah Saleh";
const std::string_view kArabicFamilies =
    "Hassan Ahmed Ali Ibrahim Mohamed Mahmoud Al-Hassan Al-Masri Haddad Khalil Nasser Saleh El-Sayed Osman Abdallah "
    "Al-Ahmad Mansour Hamdan Abu_Bakr Idris Elhaj Al-Khatib Darwish";

const std::string_view kKurdishGirls = "Dilan Rojin Avin Shilan Nazdar Berivan Zilan Hêlîn Lava Rezan Jiyan Viyan";
const std::string_view kKurdishBoys = "Aram Rebwar Karwan Hiwa Dilshad Azad Rawand Shwan Ari Zana Soran Diyar Rêbaz";
const std::string_view kKurdishFamilies =
    "Ahmed Karim Hassan Mohammed Ali Rashid Salih Aziz Hama Qadir Othman Barzani Amin Hussein";

const std::string_view kAfghanGirls =
    "Zahra Maryam Fatima Parwana Marwa Laila Hosna Palwasha Shabnam Freshta Roya Storai";
const std::string_view kAfghanBoys =
    "Ahmad Mohammad Najib Farhad Hamid Omid Zabiullah Rahmatullah Samiullah Idris Abdul Wali Naweed Jawad Esmatullah";
const std::string_view kAfghanFamilies =
    "Ahmadi Mohammadi Khan Stanikzai Hotak Rahimi Karimi Noori Safi Wardak Ahmadzai Amiri Zadran Haidari Sultani Azizi";

const std::string_view kIranianGirls =
    "Zahra Sara Parisa Nazanin Shirin Kimia Yasaman Niloufar Mahsa Arezoo Tara Setareh";
const std::string_view kIranianBoys =
    "Amir Ali Reza Arash Kian Parsa Mehdi Hossein Daniyal Sina Armin Kourosh Amir-Hossein";
const std::string_view kIranianFamilies =
    "Mohammadi Hosseini Ahmadi Rezaei Karimi Moradi Jafari Rahimi Hashemi Sadeghi Ebrahimi Akbari Farahani Tehrani";

const std::string_view kSomaliGirls =
    "Hodan Ayaan Fadumo Hamdi Sagal Ifrah Amina Khadra Nimco Sahra Zamzam Hibaaq Ubah";
const std::string_view kSomaliBoys =
    "Mohamed Abdirahman Ahmed Abdullahi Hassan Yusuf Liban Zakariye Mahad Guled Abdi Ismail Bashir Mustaf";
const std::string_view kSomaliFamilies =
    "Ali Mohamed Hassan Abdi Ahmed Omar Warsame Jama Farah Yusuf Nur Hersi Ismail Adan Duale";

const std::string_view kNigerianGirls =
    "Oluwaseun Chidinma Adaeze Temiloluwa Ayomide Chiamaka Ifeoluwa Amarachi Oluwadamilola Ngozi Zainab Esther Mercy "
    "Favour Deborah Grace Kosisochukwu Moyosoreoluwa";
const std::string_view kNigerianBoys =
    "Oluwatobi Chukwuemeka Ayodele Emeka Temitope Ikenna Oluwaseyi Kamsiyochukwu Daniel David Samuel Emmanuel Tobi "
    "Chibueze Babatunde Olamide Ifeanyichukwu Oluwafemi";
const std::string_view kNigerianFamilies =
    "Adeyemi Okafor Okonkwo Adebayo Ogunleye Eze Nwosu Balogun Afolabi Oyelaran Onyekachi Adeleke Chukwu Obi Okeke "
    "Olawale Adewale-Ogunbanjo Akinyemi Uzoma Nwachukwu Oluwarotimi-Adekunle";

const std::string_view kGhanaianGirls = "Akosua Ama Abena Afia Yaa Adwoa Esi Efua Nana Serwaa Maame Gifty Priscilla";
const std::string_view kGhanaianBoys = "Kwame Kofi Kwaku Yaw Kwabena Kojo Kwasi Nana Emmanuel Prince Bright Ebenezer";
const std::string_view kGhanaianFamilies =
    "Mensah Owusu Boateng Asante Osei Appiah Agyeman Amoah Antwi Sarpong Addo Ofori Acheampong Adjei Danso Opoku";

const std::string_view kEritreanGirls =
    "Selam Bethlehem Helen Rahwa Semhar Luwam Feven Saron Eden Hiwet Meron Yordanos Tsion";
const std::string_view kEritreanBoys =
    "Filmon Abel Yonas Samuel Natnael Robel Tesfay Merhawi Biniam Henok Dawit Kibrom Awet Mikiele Amanuel";
const std::string_view kEritreanFamilies =
    "Tesfay Haile Gebremedhin Tekle Berhane Kidane Habte Weldemichael Ghebreyesus Asfaha Mehari Yohannes Hagos "
    "Mulugeta";

const std::string_view kCaribbeanGirls =
    "Tianna Shanice Aaliyah Amara Kiara Zuri Alicia Renée Jada Naomi Kezia Imani Monique Chantelle Ebony Nevaeh";
const std::string_view kCaribbeanBoys =
    "Jayden Malachi Tyrese Kymani Marcus Jerome Isaiah Elijah Zion Micah Tyrone Devante Kadeem Andre Leroy Nathaniel";
const std::string_view kCaribbeanFamilies =
    "Campbell Brown Williams Clarke Francis Morgan Grant Gordon Reid Thompson Bailey Powell Henry Facey Blake Gayle "
    "St_Louis Joseph Baptiste Charles";

}  // namespace simulate
